//! Accepted: `join_all` of many calls of one kind.
//! Why: the instance is woken once, when the last one has finished: fan-out is linear.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn together_join_all(items: Vec<Item>) -> Result<u64, Declined> {
    let held = join_all(items.into_iter().map(reserve)).await;
    let held = held.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(join_all(held.iter().map(|it| price(it.0)))
        .await
        .iter()
        .sum())
}

pub fn main() {
    assert_eq!(
        run(together_join_all(vec![Item::Tea, Item::Cup, Item::Tea])),
        Ok(13)
    );
    assert_eq!(
        run(together_join_all(vec![Item::Unicorn])),
        Err(Declined::OutOfStock)
    );
}
