//! Accepted: an `.await` in an argument of a call that is joined or raced.
//! Why: the calls before it are made and saved, and begin together with the others.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn together_operands_that_await(item: Item) -> (u64, u64) {
    join((price(item), add(price(Item::Tea).await, 1))).await
}

pub fn main() {
    assert_eq!(run(together_operands_that_await(Item::Cup)), (7, 4));
}
