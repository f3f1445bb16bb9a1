//! Refused: a durable call awaited in an ordinary `async fn`.
//! Why: there is no instance to remember it; running it directly would lose retries and durability.
//! Instead: `engine.start(id, call)` from outside; in a unit test `PriceCall::body(..).await`.

use undying_ui_tests::shop::*;

async fn handler(item: Item) -> u64 {
    price(item).await //~ whose await?
}

fn main() {
    drop(handler(Item::Tea));
}
