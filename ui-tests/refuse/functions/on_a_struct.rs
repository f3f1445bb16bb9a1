//! Refused: `#[orchestration]` on something that is no function.
//! Why: an orchestration is an `async fn`.
//! Instead: annotate the function; a struct needs nothing but serde's derives.

use undying::prelude::*;

#[orchestration]
struct Checkout { //~ no function
    n: u64,
}

fn main() {}
