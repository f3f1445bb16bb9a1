//! Accepted: a `BTreeMap` in a `for` by reference, and a `HashMap` by value, with awaits inside.
//! Why: a sorted map has one order; a hash map is walked in the order it had when the loop began.

use std::collections::{BTreeMap, HashMap};
use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn borrow_of_a_map(sorted: BTreeMap<u64, u64>, hashed: HashMap<u64, u64>) -> u64 {
    let mut sum = 0;
    for (key, value) in &sorted {
        sum = add(sum, key * value).await;
    }
    for (key, value) in hashed {
        sum = add(sum, key * value).await;
    }
    sum + sorted.len() as u64
}

pub fn main() {
    let pairs = [(1, 2), (3, 4)];
    assert_eq!(
        run(borrow_of_a_map(pairs.into(), pairs.into())),
        14 + 14 + 2
    );
}
