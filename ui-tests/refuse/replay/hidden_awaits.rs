//! Refused: an `.await` where the attribute cannot see whose it is, in a replayed orchestration too.
//! Why: only durable things are awaited, and both models take the same programs where they can.
//! Instead: await into a variable first; write the `async` block where it is awaited.

use undying::prelude::*;
use undying_ui_tests::shop::*;

macro_rules! twice {
    ($value:expr) => { $value + $value };
}

#[orchestration(replay)]
async fn hidden(n: u64) -> u64 {
    let sum = twice!(add(n, 1).await); //~ an unknown macro
    let kept = async { add(sum, 1).await }; //~ a value, not a branch
    kept.await
}

fn main() {}
