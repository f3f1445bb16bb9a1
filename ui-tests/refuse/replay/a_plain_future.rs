//! Refused: awaiting a future that is not durable in a replayed orchestration.
//! Why: in a replay it would be awaited again, and nothing recorded what it gave.
//! Instead: `sleep(..)` of this crate, or an `#[activity]` that does the waiting.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration(replay)]
async fn pause(n: u64) -> u64 {
    tokio::time::sleep(secs(1)).await; //~ tokio's timer dies with the process
    add(n, 1).await
}

fn main() {}
