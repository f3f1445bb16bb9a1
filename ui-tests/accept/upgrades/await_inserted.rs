//! Accepted: new awaits before and after the one where instances wait.
//! Why: a resume point is found by its name; others come and go.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn inserted_old(item: Item) -> u64 {
    price(item).await
}

#[orchestration]
async fn inserted_new(item: Item) -> u64 {
    if stock(item).await.is_none() {
        return 0;
    }
    let cost = price(item).await;
    add(cost, 1).await
}

pub fn main() {
    assert_eq!(deploy::<InsertedNewCall>(inserted_old(Item::Tea)), Ok(4));
}
