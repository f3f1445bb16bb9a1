//! Refused: `tokio::join!` and `tokio::select!` in a durable function.
//! Why: they poll futures in this process; a durable call is not one.
//! Instead: `join((a, b)).await` and `race((a, b)).await` (accept/together/join.rs, race.rs).

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn both(item: Item) -> u64 {
    let (cost, left) = tokio::join!(price(item), stock(item)); //~ polls futures
    cost + left.unwrap_or(0)
}

fn main() {}
