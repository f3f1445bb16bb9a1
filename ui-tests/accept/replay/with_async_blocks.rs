//! Accepted: `async` blocks among the operands of an `.await`, as many as there are items.
//! Why: they are branches of that await, and may borrow; each has awaits of its own.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration(replay)]
async fn replay_with_async_blocks(items: Vec<Item>) -> (u64, u64) {
    let all = join_all(items.iter().map(move |item| async { add(price(*item).await, 1).await })).await;
    join((async { price(items[0]).await }, async { add(all[0], all[1]).await })).await
}

pub fn main() {
    assert_eq!(run(replay_with_async_blocks(vec![Item::Tea, Item::Cup])), (3, 12));
}
