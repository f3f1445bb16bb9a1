//! Accepted: an `.await` in a `for` over an iterator of owned items.
//! Why: the items that are left are collected before the first round and saved with the instance.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn await_in_a_loop_over_an_iterator(items: Vec<Item>) -> u64 {
    let mut total = 0;
    for (shelf, item) in items
        .into_iter()
        .enumerate()
        .filter(|(shelf, _)| *shelf != 1)
    {
        total += price(item).await * shelf as u64;
    }
    total
}

pub fn main() {
    let items = vec![Item::Cup, Item::Unicorn, Item::Tea];
    assert_eq!(run(await_in_a_loop_over_an_iterator(items)), 6);
}
