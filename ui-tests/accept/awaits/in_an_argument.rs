//! Accepted: awaits in arguments, receivers and nested calls.
//! Why: they run from left to right as in any `async fn`; what was computed before is saved.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn await_in_an_argument(item: Item) -> (u64, usize) {
    let first = add(price(item).await, add(1, price(Item::Cup).await).await).await;
    let digits = price(item)
        .await
        .to_string()
        .len()
        .max(stock(item).await.map_or(0, |n| n as usize));
    (first, digits)
}

pub fn main() {
    assert_eq!(run(await_in_an_argument(Item::Tea)), (11, 2));
}
