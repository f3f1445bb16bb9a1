//! Refused: two resume points of one name.
//! Why: a suspended instance finds its place by that name.
//! Instead: another name for one of them.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn paid(n: u64) -> u64 {
    #[resume(name = "payment")]
    let first = add(n, 1).await;
    #[resume(name = "payment")] //~ the second one
    let second = add(first, 1).await;
    second
}

fn main() {}
