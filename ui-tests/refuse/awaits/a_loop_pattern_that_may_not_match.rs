//! Refused: a `for` whose pattern does not match every item.
//! Why: as in plain Rust: an item that does not match would be lost.
//! Instead: take each item, and look at it inside the loop.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn known(prices: Vec<Option<u64>>) -> u64 {
    let mut sum = 0;
    for Some(price) in prices { //~ and `None`?
        sum = add(sum, price).await;
    }
    sum
}

fn main() {}
