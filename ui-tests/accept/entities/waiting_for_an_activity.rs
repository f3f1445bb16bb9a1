//! Accepted: an `async` operation, with `self` on both sides of an `.await`.
//! Why: `self` is the entity's state, which is saved with the operation; nothing else runs meanwhile.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
pub struct Till(Vec<u64>);

#[entity]
impl Till {
    pub async fn sell(&mut self, items: Vec<Item>) -> u64 {
        let sales = &mut self.0;
        for item in items {
            sales.push(price(item).await);
        }
        self.0[1] += add(self.0[1], 1).await;
        self.sum()
    }
    fn sum(&self) -> u64 {
        self.0.iter().sum()
    }
}

#[orchestration]
async fn day() -> u64 {
    Till::at("one").sell(vec![Item::Tea, Item::Cup]).await
}

pub fn main() {
    assert_eq!(run(day()), 3 + 7 + 8);
}
