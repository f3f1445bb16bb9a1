//! Refused: `join` of already awaited values.
//! Why: an awaited call is a value, and has run alone.
//! Instead: `join` the calls, without `.await`: accept/together/join.rs.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn both(n: u64) -> u64 {
    let (a, b) = join((add(n, 1).await, add(n, 2).await)).await; //~ two numbers
    a + b
}

fn main() {}
