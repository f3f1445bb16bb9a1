//! Accepted: `task.cancel().await`.
//! Why: a task that loses a race, or is dropped, goes on; only this stops it.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn together_cancel(n: u64) -> u64 {
    let task = add(n, 1).spawn().await;
    task.cancel().await;
    add(n, 2).await
}

pub fn main() {
    assert_eq!(run(together_cancel(1)), 3);
}
