//! Accepted: a function or method by its path, called after an `.await`.
//! Why: a path is written again wherever it is used.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn borrow_of_a_function(n: u64) -> u64 {
    let grow: fn(u64, u64) -> u64 = u64::saturating_add;
    let shrink = u64::saturating_sub;
    add(n, 1).await;
    shrink(grow(n, 10), 1)
}

pub fn main() {
    assert_eq!(run(borrow_of_a_function(1)), 10);
}
