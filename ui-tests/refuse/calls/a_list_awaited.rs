//! Refused: awaiting a `Vec` of calls.
//! Why: whether all of them, or the first, are waited for, must be said.
//! Instead: `join_all(calls).await`, as in accept/together/join_all.rs, or a loop.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn all(items: Vec<Item>) -> u64 {
    let calls: Vec<_> = items.into_iter().map(price).collect();
    let prices = calls.await; //~ all, or the first?
    prices.len() as u64
}

fn main() {}
