//! Accepted: a borrowed temporary next to an `.await`: `f(&format!(..), call.await)`.
//! Why: the temporary itself is saved, the borrow is made after the await.

use undying::prelude::*;
use undying_ui_tests::shop::*;

fn width(name: &str, cost: u64, tail: &[u64]) -> usize {
    name.len() + cost as usize + tail.len()
}

#[orchestration]
async fn borrow_of_an_operand(n: u64) -> usize {
    width(&format!("item {n}"), price(Item::Tea).await, &[n; 2])
        + width("cup", 1, &[price(Item::Cup).await])
}

pub fn main() {
    assert_eq!(run(borrow_of_an_operand(1)), 11 + 5);
}
