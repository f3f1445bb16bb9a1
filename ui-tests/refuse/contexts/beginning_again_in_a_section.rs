//! Refused: `continue_as_new` in a helper that is declared for critical sections.
//! Why: the run would end while it holds what the section locks.
//! Instead: leave the section before.

use undying::prelude::*;

#[orchestration]
async fn walk(n: u64) -> u64 {
    n
}

#[resumable(orchestration, section)]
async fn on(n: u64) -> u64 {
    continue_as_new(walk(n + 1)).await //~ with what is locked?
}

fn main() {}
