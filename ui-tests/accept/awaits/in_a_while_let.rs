//! Accepted: an `.await` in the body, and in the scrutinee, of a `while let`.
//! Why: both are ordinary resume points of one loop.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn await_in_a_while_let(mut items: Vec<Item>) -> u64 {
    let mut left = 5;
    while let Some(item) = items.pop() {
        left -= stock(item).await.unwrap_or(0);
    }
    while let 1..=3 = add(left, 1).await {
        left += 1;
    }
    left
}

pub fn main() {
    assert_eq!(run(await_in_a_while_let(vec![Item::Cup, Item::Tea])), 3);
}
