//! Accepted: parameters that are patterns or `mut`.
//! Why: they are taken apart when the instance begins; what is stored is the argument.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn function_with_patterns((a, b): (u64, u64), Held(item): Held, mut n: u64) -> u64 {
    n += price(item).await;
    add(a, b).await + n
}

pub fn main() {
    assert_eq!(run(function_with_patterns((1, 2), Held(Item::Tea), 10)), 16);
}
