//! Accepted: an `.await` in a `for` over `&collection` or `collection.iter_mut()`.
//! Why: what is saved is an index; the reference is made again after the await.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn await_in_a_loop_by_reference(items: Vec<Item>) -> Vec<u64> {
    let mut prices = vec![10; items.len()];
    for item in &items {
        prices.push(price(*item).await);
    }
    for each in prices.iter_mut() {
        *each = add(*each, items.len() as u64).await;
    }
    prices
}

pub fn main() {
    assert_eq!(
        run(await_in_a_loop_by_reference(vec![Item::Tea, Item::Cup])),
        [12, 12, 5, 9]
    );
}
