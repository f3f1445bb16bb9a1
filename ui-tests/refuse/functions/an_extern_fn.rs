//! Refused: a durable function of a foreign ABI.
//! Why: it is called by the engine, by its stored name.
//! Instead: drop `extern`.

use undying::prelude::*;

#[activity]
async extern "C" fn poke(n: u64) -> u64 { //~ `extern`
    n
}

fn main() {}
