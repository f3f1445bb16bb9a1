//! Refused: a local that is initialised on some paths only.
//! Why: it is Rust's own rule; there would be nothing to save.
//! Instead: a value in every branch (accept/locals/initialised_later.rs).

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn summed(n: u64) -> u64 {
    let sum: u64; //~ not when `n` is 0
    if n > 0 {
        sum = add(n, 1).await;
    }
    sum
}

fn main() {}
