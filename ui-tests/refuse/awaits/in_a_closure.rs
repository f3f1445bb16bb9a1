//! Refused: an `.await` inside a closure.
//! Why: a closure runs to its end; there is no place in it to go on from.
//! Instead: a loop, or `join_all(items.into_iter().map(price))` (accept/together/join_all.rs).

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn total(items: Vec<Item>) -> u64 {
    items.into_iter().map(|item| price(item).await).sum() //~ the await is the closure's
}

fn main() {}
