//! Accepted: an orchestration that awaits itself.
//! Why: each call is an instance of its own, so depth costs rows, not stack.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn function_recursive(n: u64) -> u64 {
    if n < 2 {
        return add(n, 0).await;
    }
    let (one, two) = join((function_recursive(n - 1), function_recursive(n - 2))).await;
    one + two
}

pub fn main() {
    assert_eq!(run(function_recursive(6)), 8);
}
