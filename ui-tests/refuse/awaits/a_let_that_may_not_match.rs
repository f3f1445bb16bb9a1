//! Refused: a `let` whose pattern does not match every awaited value.
//! Why: as in plain Rust: what would the names be otherwise?
//! Instead: `let .. else`, as in accept/awaits/in_a_let_else.rs.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn left(item: Item) -> u64 {
    let Some(count) = stock(item).await; //~ and if there is none?
    count
}

fn main() {}
