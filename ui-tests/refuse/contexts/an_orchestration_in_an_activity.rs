//! Refused: a sub-orchestration in an activity.
//! Why: an activity may run more than once and is not saved; only durable functions wait for durable things.
//! Instead: await it in the orchestration, before or after the activity.

use undying::prelude::*;

#[orchestration]
async fn other(n: u64) -> u64 {
    n
}

#[activity]
async fn both(n: u64) -> u64 {
    other(n).await //~ only an orchestration has children
}

fn main() {}
