//! Accepted: an `.await` in a nested or an `unsafe` block.
//! Why: blocks are only scopes; what lives across the await is saved all the same.

#![allow(unsafe_code)]

use undying::prelude::*;
use undying_ui_tests::shop::*;

unsafe fn trusted(n: u64) -> u64 {
    n + 1
}

#[orchestration]
async fn await_in_an_unsafe_block(n: u64) -> u64 {
    let outer = { add(n, 1).await };
    // SAFETY: `trusted` has no preconditions.
    unsafe { trusted(outer) + add(trusted(n), 1).await }
}

pub fn main() {
    assert_eq!(run(await_in_an_unsafe_block(1)), 3 + 3);
}
