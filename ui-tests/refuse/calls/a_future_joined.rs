//! Refused: a plain future in a `join`, `race` or `timeout`.
//! Why: what cannot be awaited alone cannot be awaited together.
//! Instead: an `#[activity]` that awaits it.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn both(n: u64) -> u64 {
    join((add(n, 1), std::future::ready(n))).await.1 //~ the second is not durable
}

fn main() {}
