//! Accepted: helpers and sub-orchestrations in `join`, `race` and `timeout`.
//! Why: whatever can be awaited alone can be awaited together.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[resumable]
async fn with_tax(item: Item) -> u64 {
    add(price(item).await, 1).await
}

#[orchestration]
async fn together_a_child(n: u64) -> u64 {
    add(n, n).await
}

#[orchestration]
async fn together_a_helper(items: Vec<Item>) -> (Vec<u64>, u64) {
    let (costs, child) = join((
        join_all(items.into_iter().map(with_tax)),
        together_a_child(4),
    ))
    .await;
    let capped = timeout(days(1), with_tax(Item::Tea)).await.unwrap_or(0);
    (costs, child + capped)
}

pub fn main() {
    assert_eq!(
        run(together_a_helper(vec![Item::Tea, Item::Cup])),
        (vec![4, 8], 8 + 4)
    );
}
