//! Refused: an `unsafe` durable function.
//! Why: whoever resumes it could not keep the caller's promise.
//! Instead: a safe function with an `unsafe` block inside.

use undying::prelude::*;

#[activity]
async unsafe fn poke(n: u64) -> u64 { //~ `unsafe`
    n
}

fn main() {}
