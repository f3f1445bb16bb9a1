//! Accepted: a replayed orchestration as a method, and a generic one.
//! Why: the option changes how the body is run, and nothing of how it is declared.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[derive(Serialize, Deserialize)]
struct Cart {
    items: Vec<Item>,
}

#[undying::methods]
impl Cart {
    const TIP: u64 = 2;

    #[orchestration(replay)]
    async fn settle_again<T: Persist + Into<u64>>(mut self, tip: T) -> u64 {
        let mut sum = tip.into() + Self::TIP;
        for item in self.items.drain(..) {
            sum = add(sum, price(item).await).await;
        }
        sum
    }
}

pub fn main() {
    let items = vec![Item::Tea, Item::Cup];
    assert_eq!(run(Cart { items }.settle_again(1u32)), 13);
}
