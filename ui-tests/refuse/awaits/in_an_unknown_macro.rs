//! Refused: an `.await` in the arguments of a macro that is not understood.
//! Why: the macro may put it anywhere: in a closure, in a loop, twice.
//! Instead: `let cost = price(item).await;` first, then the macro.

use undying::prelude::*;
use undying_ui_tests::shop::*;

macro_rules! twice {
    ($e:expr) => {
        $e + $e
    };
}

#[orchestration]
async fn doubled(item: Item) -> u64 {
    twice!(price(item).await) //~ awaited twice?
}

fn main() {}
