//! Refused: beginning again in an activity.
//! Why: an activity may run more than once and is not saved; only durable functions wait for durable things.
//! Instead: return, and begin again in the orchestration.

use undying::prelude::*;

#[orchestration]
async fn other(n: u64) -> u64 {
    n
}

#[activity]
async fn again(n: u64) -> u64 {
    continue_as_new(other(n)).await //~ an activity has nothing to begin again
}

fn main() {}
