//! Refused: an event in an activity.
//! Why: an activity may run more than once and is not saved; only durable functions wait for durable things.
//! Instead: await it in the orchestration, and give its value to the activity.

use undying::prelude::*;

#[activity]
async fn told() -> u64 {
    event::<u64>("go").await //~ an activity has no mailbox
}

fn main() {}
