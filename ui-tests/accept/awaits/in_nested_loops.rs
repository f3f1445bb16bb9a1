//! Accepted: awaits in nested loops with labels, `break` and `continue`.
//! Why: a jump goes where it says, whether it crosses an await or not.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn await_in_nested_loops(items: Vec<Item>) -> u64 {
    let mut rounds = 0;
    'items: for item in items {
        loop {
            rounds += 1;
            match price(item).await {
                1000 => continue 'items,
                cost if cost < rounds => break,
                _ => {}
            }
        }
        break 'items;
    }
    rounds
}

pub fn main() {
    let items = vec![Item::Unicorn, Item::Tea, Item::Cup];
    assert_eq!(run(await_in_nested_loops(items)), 4);
}
