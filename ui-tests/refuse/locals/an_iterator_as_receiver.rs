//! Refused: an iterator that waits for the argument of its own method.
//! Why: the receiver is evaluated before the argument, so it would have to be saved.
//! Instead: `let more = call.await;` first.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn chained(list: Vec<u64>) -> Vec<u64> {
    list.into_iter().map(|n| n + 1).chain([add(1, 1).await]).collect() //~ waits for the await
}

fn main() {}
