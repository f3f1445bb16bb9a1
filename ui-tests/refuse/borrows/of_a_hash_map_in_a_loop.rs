//! Refused: a `HashMap` walked by reference with an `.await` inside.
//! Why: after a restart its order is another one, so a place in it means nothing.
//! Instead: a `BTreeMap`, or walk it by value (accept/borrows/of_a_map.rs).

use std::collections::HashMap;
use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn total(prices: HashMap<u64, u64>) -> u64 {
    let mut sum = 0;
    for (count, each) in &prices { //~ in which order?
        sum = add(sum, count * each).await;
    }
    sum + prices.len() as u64
}

fn main() {}
