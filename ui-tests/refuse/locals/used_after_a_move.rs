//! Refused: a local that was moved before an `.await` and is used after it.
//! Why: it is Rust's own rule; there would be nothing to save.
//! Instead: clone it, or move it later.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn noted(note: String) -> String {
    drop(note);
    add(1, 1).await; //~ it would have to be saved here
    note
}

fn main() {}
