//! Refused: `only` with a function of another type of error.
//! Why: whether to try again is asked of the error that the activity returned.
//! Instead: `fn is_transient(error: &Declined) -> bool`.

use undying::prelude::*;

fn is_transient(error: &std::num::ParseIntError) -> bool {
    error.to_string().is_empty()
}

#[activity(retry(max_attempts = 3, only = is_transient))] //~ not of `Failure`
async fn charge(n: u64) -> Result<u64, Failure> {
    Ok(n)
}

fn main() {}
