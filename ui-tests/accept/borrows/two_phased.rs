//! Accepted: `list.push(call(list.len()).await)`.
//! Why: the receiver is a place; it is borrowed when the method runs, not before.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn borrow_two_phased(n: u64) -> Vec<u64> {
    let mut list = vec![n];
    list.push(add(list.len() as u64, 1).await);
    list.extend([list[0], add(list[1], 1).await]);
    list
}

pub fn main() {
    assert_eq!(run(borrow_two_phased(5)), [5, 2, 5, 3]);
}
