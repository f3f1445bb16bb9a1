//! Refused: a `&str` that was chosen by a `match`, used after an `.await`.
//! Why: it is a reference; which one it was cannot be seen from the text and cannot be saved.
//! Instead: own it: `.to_owned()`.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn named(n: u64) -> String {
    let name = match n { //~ borrows
        0 => "none",
        _ => "many",
    };
    add(n, 1).await;
    name.to_owned()
}

fn main() {}
