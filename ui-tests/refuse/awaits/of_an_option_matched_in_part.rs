//! Refused: a `match` on an awaited value that leaves a case out.
//! Why: exhaustiveness is rustc's business too.
//! Instead: the missing arm.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn left(item: Item) -> u64 {
    match stock(item).await { //~ and `None`?
        Some(left) => left,
    }
}

fn main() {}
