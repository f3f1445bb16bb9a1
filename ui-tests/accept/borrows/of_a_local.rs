//! Accepted: `&place` and `&mut place` that are used after an `.await`.
//! Why: a reference is not saved, it is made again from the place it was made from.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn borrow_of_a_local(n: u64) -> Vec<u64> {
    let mut sums = vec![n, 2, 3];
    let second = &sums[1];
    let tail = &sums[1..];
    add(*second, 1).await;
    let sum = add(tail[0], *second).await;
    let all = &mut sums;
    all.push(sum);
    add(n, 1).await;
    all.push(n);
    sums
}

pub fn main() {
    assert_eq!(run(borrow_of_a_local(1)), [1, 2, 3, 4, 1]);
}
