//! Refused: `only` for an activity that does not return a `Result`.
//! Why: it has no errors to choose among; a panic or a timeout is always tried again.
//! Instead: leave `only` out, or return a `Result`.

use undying::prelude::*;

#[activity(retry(max_attempts = 3, only = |_: &Failure| true))] //~ there is no error
async fn charge(n: u64) -> u64 {
    n
}

fn main() {}
