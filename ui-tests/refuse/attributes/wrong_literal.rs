//! Refused: an option of the wrong type.
//! Why: a timeout is a duration, and durations are written as strings with their unit.
//! Instead: `timeout = "10s"`.

use undying::prelude::*;

#[activity(timeout = 10)] //~ a number
async fn charge(n: u64) -> u64 {
    n
}

fn main() {}
