//! Accepted: `#[resumable(orchestration, section, entity)]`.
//! Why: a helper says where it may be awaited, and its body is checked against each of them.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[resumable(orchestration, section, entity)]
async fn cheapest(a: Item, b: Item) -> u64 {
    let (a, b) = join((price(a), price(b))).await;
    a.min(b)
}

#[orchestration]
async fn helper_declared_for_several_contexts(item: Item) -> u64 {
    cheapest(item, Item::Cup).await
}

pub fn main() {
    assert_eq!(run(helper_declared_for_several_contexts(Item::Tea)), 3);
}
