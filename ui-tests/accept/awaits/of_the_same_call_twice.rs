//! Accepted: awaiting the same activity in many places.
//! Why: each place is a resume point of its own: `add`, `add#2`, `add#3`.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn await_of_the_same_call_twice(n: u64) -> u64 {
    let call = |k| add(n, k);
    call(1).await + call(2).await + add(n, 3).await
}

pub fn main() {
    assert_eq!(run(await_of_the_same_call_twice(1)), 2 + 3 + 4);
}
