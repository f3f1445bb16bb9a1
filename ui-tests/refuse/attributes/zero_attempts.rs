//! Refused: `max_attempts = 0`.
//! Why: an activity that is never attempted never ends.
//! Instead: 1 is one attempt and no retry.

use undying::prelude::*;

#[activity(retry(max_attempts = 0))] //~ none at all
async fn charge(n: u64) -> u64 {
    n
}

fn main() {}
