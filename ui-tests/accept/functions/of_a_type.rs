//! Accepted: activities, helpers and orchestrations as functions of a type, next to plain ones.
//! Why: `#[undying::methods]` looks at the annotated ones; their stored name is `Depot::weigh`.

use undying::join_all;
use undying_ui_tests::shop::*;

struct Depot;

#[undying::methods]
impl Depot {
    const TARE: u64 = 10;

    fn gross(net: u64) -> u64 {
        net + Self::TARE
    }

    #[activity]
    async fn weigh(item: Item) -> u64 {
        Self::gross(item as u64)
    }

    #[orchestration]
    async fn weigh_all(items: Vec<Item>) -> Vec<u64> {
        join_all(items.into_iter().map(Self::weigh)).await
    }
}

pub fn main() {
    assert_eq!(
        run(Depot::weigh_all(vec![Item::Tea, Item::Unicorn])),
        [10, 12]
    );
}
