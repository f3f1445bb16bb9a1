//! Refused: raising an event in an activity.
//! Why: an activity may run more than once and is not saved; only durable functions wait for durable things.
//! Instead: return the value, and raise the event in the orchestration.

use undying::prelude::*;

#[activity]
async fn tell(id: String) {
    raise(id, "go", 1u64).await //~ would be raised by every attempt
}

fn main() {}
