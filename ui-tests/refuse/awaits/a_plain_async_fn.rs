//! Refused: awaiting an ordinary `async fn`.
//! Why: its state has no name and cannot be saved.
//! Instead: `#[resumable]` if it awaits durable calls, `#[activity]` if it does the work itself.

use undying::prelude::*;
use undying_ui_tests::shop::*;

async fn fetch(n: u64) -> u64 {
    n + 1
}

#[orchestration]
async fn fetched(n: u64) -> u64 {
    add(fetch(n).await, 1).await //~ an ordinary future
}

fn main() {}
