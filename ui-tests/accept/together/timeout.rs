//! Accepted: `timeout(after, call)`: a call that is given up, and cancelled, after a while.
//! Why: it is a race with a durable timer; it gives `Err(Elapsed)` when the timer wins.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn together_timeout(item: Item) -> (u64, bool) {
    let cost = timeout(days(1), price(item)).await.unwrap_or(0);
    let late = timeout(secs(1), sleep(days(1))).await;
    (cost, late == Err(Elapsed))
}

pub fn main() {
    assert_eq!(run(together_timeout(Item::Cup)), (7, true));
}
