//! Accepted: a trait object, and a type without serde, in a replayed orchestration.
//! Why: only arguments, results and what is sent to others are stored.

use undying::prelude::*;
use undying_ui_tests::shop::*;

struct Tax(u64);

#[orchestration(replay)]
async fn replay_holding_a_trait_object(item: Item, percent: u64) -> u64 {
    let tax = Tax(percent);
    let on_top: Box<dyn Fn(u64) -> u64 + Send + Sync> = Box::new(move |net| net * tax.0 / 100);
    let net = price(item).await;
    sleep(days(1)).await;
    add(net, on_top(net)).await
}

pub fn main() {
    assert_eq!(run(replay_holding_a_trait_object(Item::Unicorn, 19)), 1190);
}
