//! Refused: a durable timer in an activity.
//! Why: an activity may run more than once and is not saved; only durable functions wait for durable things.
//! Instead: `tokio::time::sleep`, or a timer in the orchestration.

use undying::prelude::*;

#[activity]
async fn slowly(n: u64) -> u64 {
    sleep(secs(1)).await; //~ nobody would remember how much has passed
    n
}

fn main() {}
