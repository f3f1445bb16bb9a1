//! Accepted: awaits as operands.
//! Why: Rust's order of evaluation holds: `k` is read before the block that changes it.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn await_in_an_operator(start: u64) -> u64 {
    let mut k = start;
    k * 10 + {
        k += 1;
        add(k, 1).await
    } - k
}

pub fn main() {
    assert_eq!(run(await_in_an_operator(5)), 50 + 7 - 6);
}
