//! Refused: a duration without a unit.
//! Why: seconds or milliseconds?
//! Instead: `"200ms"`, `"10s"`, `"5m"`, `"2h"`, `"3d"`.

use undying::prelude::*;

#[activity(timeout = "10")] //~ of what?
async fn charge(n: u64) -> u64 {
    n
}

fn main() {}
