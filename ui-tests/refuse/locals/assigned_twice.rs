//! Refused: a second assignment to a local that is not `mut`, across an `.await` too.
//! Why: it is Rust's own rule; the steps of a function are one function to the reader.
//! Instead: `let mut`.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn summed(n: u64) -> u64 {
    let sum = n;
    add(sum, 1).await;
    sum = 2; //~ not `mut`
    sum
}

fn main() {}
