//! Accepted: awaiting another orchestration, with an id of its own or without.
//! Why: the child is an instance: it is started once and its result is the parent's like an
//! activity's.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn function_child(item: Item) -> Result<Receipt, Declined> {
    charge(price(item).await).await
}

#[orchestration]
async fn function_as_a_child(item: Item) -> Result<u64, Declined> {
    let first = function_child(item).await?;
    let second = function_child(Item::Tea).id("tea").spawn().await;
    Ok(first.0 + second.await?.0)
}

pub fn main() {
    assert_eq!(run(function_as_a_child(Item::Cup)), Ok(10));
    assert_eq!(
        run(function_as_a_child(Item::Unicorn)),
        Err(Declined::NoMoney)
    );
}
