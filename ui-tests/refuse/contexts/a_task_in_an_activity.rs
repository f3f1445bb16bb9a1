//! Refused: a task in an activity.
//! Why: an activity may run more than once and is not saved; only durable functions wait for durable things.
//! Instead: await the task in the orchestration, and give its result to the activity.

use undying::prelude::*;

#[activity]
async fn waits(task: Task<u64>) -> u64 {
    task.await //~ it belongs to its orchestration
}

fn main() {}
