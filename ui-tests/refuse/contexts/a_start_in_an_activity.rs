//! Refused: starting an orchestration in an activity.
//! Why: an activity may run more than once and is not saved; only durable functions start others.
//! Instead: start it in the orchestration, or give the activity the engine as its state.

use undying::prelude::*;

#[orchestration]
async fn other(n: u64) -> u64 {
    n
}

#[activity]
async fn starts(n: u64) {
    other(n).start_detached("other").await //~ would be started by every attempt
}

fn main() {}
