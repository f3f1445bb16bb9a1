//! Refused: an option that does not exist.
//! Why: a mistyped option must not be taken for none.
//! Instead: one of those the message lists.

use undying::prelude::*;

#[activity(retries = 5)] //~ not an option
async fn charge(n: u64) -> u64 {
    n
}

fn main() {}
