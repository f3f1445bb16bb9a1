//! Accepted: `self` by value, in an impl annotated `#[undying::methods]`.
//! Why: the attribute must see the type's name, so it stands on the impl. `self` is an argument.

use serde::{Deserialize, Serialize};
use undying_ui_tests::shop::*;

#[derive(Serialize, Deserialize)]
struct Cart {
    items: Vec<Item>,
}

#[undying::methods]
impl Cart {
    #[orchestration]
    async fn settle(self, tip: u64) -> u64 {
        let mut sum = tip;
        for item in self.items {
            sum += price(item).await;
        }
        sum
    }
}

pub fn main() {
    assert_eq!(
        run(Cart {
            items: vec![Item::Tea, Item::Cup]
        }
        .settle(1)),
        11
    );
}
