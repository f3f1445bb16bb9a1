//! Refused: awaiting one call twice.
//! Why: as in plain Rust: an `.await` takes what it awaits.
//! Instead: keep the result.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn doubled(n: u64) -> u64 {
    let task = add(n, 1).spawn().await;
    task.await + task.await //~ it is gone
}

fn main() {}
