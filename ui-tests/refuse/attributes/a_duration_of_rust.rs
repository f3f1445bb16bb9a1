//! Refused: an expression as the value of an option.
//! Why: an option is read when the program is compiled, and shown as it is written.
//! Instead: text: `timeout = "30s"`.

use undying::prelude::*;

#[activity(timeout = Duration::from_secs(30))] //~ not text
async fn charge(n: u64) -> u64 {
    n
}

#[activity(retry(max_attempts: 3))] //~ not a field
async fn refund(n: u64) -> u64 {
    n
}

fn main() {}
