//! Accepted: a helper that awaits itself, also twice at once.
//! Why: a frame is a box already: no `Box::pin` is needed.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[resumable]
async fn helper_sum(from: u64, to: u64) -> u64 {
    if to - from < 2 {
        return add(from, 0).await;
    }
    let middle = from + (to - from) / 2;
    let (left, right) = join((helper_sum(from, middle), helper_sum(middle, to))).await;
    left + right
}

#[orchestration]
async fn helper_recursive(n: u64) -> u64 {
    helper_sum(0, n).await
}

pub fn main() {
    assert_eq!(run(helper_recursive(5)), 1 + 2 + 3 + 4);
}
