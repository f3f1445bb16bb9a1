//! Accepted: a closure that captures by reference and is used on both sides of an `.await`.
//! Why: it has no state of its own, so it is made again; what it captures is saved.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn borrow_by_a_closure(n: u64) -> Vec<u64> {
    let rate = 10;
    let priced = |k: u64| k * rate;
    let mut seen = vec![priced(n)];
    let mut note = |k: u64| {
        seen.push(k);
        seen.len() as u64
    };
    let count = note(1);
    let sum = add(count, 1).await;
    note(sum);
    add(n, 1).await;
    seen.push(priced(2));
    seen
}

pub fn main() {
    assert_eq!(run(borrow_by_a_closure(1)), [10, 1, 3, 20]);
}
