//! Refused: a body that does not give what the signature says.
//! Why: types are rustc's business, and its errors stand where they would in a plain `async fn`.
//! Instead: whatever rustc says.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn summed(n: u64) -> u64 {
    let sum: String = add(n, 1).await; //~ a `u64`
    sum.len() as u64
}

#[orchestration]
async fn named(n: u64) -> u64 {
    add(n).await; //~ one argument is missing
    "many" //~ a `&str`
}

fn main() {}
