//! Accepted: awaits in labelled blocks that are left with a value.
//! Why: `break 'label value` crosses resume points as it crosses statements.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn await_in_a_labelled_block(item: Item) -> u64 {
    let cost = 'cost: {
        let cost = price(item).await;
        if cost < 100 {
            break 'cost cost;
        }
        add(1, 1).await;
        100
    };
    cost + 1
}

pub fn main() {
    assert_eq!(run(await_in_a_labelled_block(Item::Cup)), 8);
    assert_eq!(run(await_in_a_labelled_block(Item::Unicorn)), 101);
}
