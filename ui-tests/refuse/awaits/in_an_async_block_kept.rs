//! Refused: an `async` block that is kept in a variable.
//! Why: it is a value that could not be saved; as a branch of an await it needs no saving.
//! Instead: write it where it is awaited (accept/together/an_async_block.rs), or as a helper.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn total(item: Item) -> u64 {
    let taxed = async { add(price(item).await, 1).await }; //~ a value, not a branch
    join((taxed, price(item))).await.0
}

fn main() {}
