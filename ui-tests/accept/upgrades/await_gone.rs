//! Accepted: removing an await. Instances that wait there are set aside, with the reason.
//! Why: they have no place to go on from; a version that has one takes them up again.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn gone_old(n: u64) -> u64 {
    add(n, 1).await
}

#[orchestration]
async fn gone_new(item: Item) -> u64 {
    price(item).await
}

pub fn main() {
    let refusal = deploy::<GoneNewCall>(gone_old(1)).unwrap_err();
    assert!(refusal.starts_with("`gone_new` has no resume point `add` (it has price)"));
}
