//! Refused: a function that is not `async`.
//! Why: what it stands for takes time, days perhaps, and its signature should say so.
//! Instead: `async fn`.

use undying::prelude::*;

#[orchestration]
fn checkout(n: u64) -> u64 { //~ not `async`
    n
}

fn main() {}
