//! Refused: an `.await` in a match guard.
//! Why: Rust may run a guard more than once, and the bindings are only borrowed while it runs.
//! Instead: await before the `match`, or test inside the arm.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn rated(item: Item) -> u64 {
    match item {
        Item::Tea if price(item).await > 1 => 1, //~ in a guard
        _ => 0,
    }
}

fn main() {}
