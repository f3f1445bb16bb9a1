//! Refused: a `Result` whose error has no `From<undying::Failure>`.
//! Why: a call may time out, panic or be cancelled, and its caller must be told in its own words.
//! Instead: a variant `#[error(transparent)] Failed(#[from] undying::Failure)`.

use serde::{Deserialize, Serialize};
use undying::prelude::*;

#[derive(Debug, Serialize, Deserialize)]
enum Bad {
    Worse,
}

#[activity]
async fn risky(n: u64) -> Result<u64, Bad> { //~ and when it times out?
    if n > 1 { Ok(n) } else { Err(Bad::Worse) }
}

fn main() {}
