//! Refused: `impl Trait` as a return type.
//! Why: a result is stored, and read by another process: its type needs a name.
//! Instead: name the type, or box what it iterates over into a `Vec`.

use undying::prelude::*;

#[orchestration]
async fn listed(n: u64) -> impl Iterator<Item = u64> { //~ has no name
    0..n
}

fn main() {}
