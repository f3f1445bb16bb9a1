//! Refused: `max_attempts` outside of `retry(..)`.
//! Why: it says how often is retried, and stands with what else says so.
//! Instead: `retry(max_attempts = 3)`, as in accept/activities/with_options.rs.

use undying::prelude::*;

#[activity(max_attempts = 3)] //~ of what?
async fn charge(n: u64) -> u64 {
    n
}

fn main() {}
