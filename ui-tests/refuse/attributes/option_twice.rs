//! Refused: an option that is given twice.
//! Why: which of the two is meant?
//! Instead: one of them.

use undying::prelude::*;

#[activity(timeout = "1s", timeout = "2s")] //~ the second one
async fn charge(n: u64) -> u64 {
    n
}

fn main() {}
