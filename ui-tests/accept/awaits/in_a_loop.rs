//! Accepted: an `.await` in a loop.
//! Why: the loop goes on at the iteration where the process died, with what it had collected.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn await_in_a_loop(items: Vec<Item>) -> Result<Vec<Held>, Declined> {
    let mut held = Vec::new();
    for item in items {
        held.push(reserve(item).await?);
    }
    Ok(held)
}

pub fn main() {
    let held = run(await_in_a_loop(vec![Item::Tea, Item::Cup]));
    assert_eq!(held, Ok(vec![Held(Item::Tea), Held(Item::Cup)]));
}
