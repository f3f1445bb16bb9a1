//! Refused: awaiting a future that is not durable.
//! Why: nobody would remember that it was awaited, and what it gave.
//! Instead: `sleep(..)` of this crate, or an `#[activity]` that does the waiting.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn pause(n: u64) -> u64 {
    tokio::time::sleep(secs(1)).await; //~ tokio's timer dies with the process
    add(n, 1).await
}

fn main() {}
