//! Refused: a `for` whose pattern is one variant of several.
//! Why: as in plain Rust; only rustc knows how many variants there are, so these are its words.
//! Instead: take each item, and look at it inside the loop.

use serde::{Deserialize, Serialize};
use undying::prelude::*;
use undying_ui_tests::shop::*;

#[derive(Serialize, Deserialize)]
enum Part {
    Sold(Item),
    Gift,
}

#[orchestration]
async fn total(parts: Vec<Part>) -> u64 {
    let mut sum = 0;
    for Part::Sold(item) in parts { //~ and `Gift`?
        sum += price(item).await;
    }
    sum
}

fn main() {}
