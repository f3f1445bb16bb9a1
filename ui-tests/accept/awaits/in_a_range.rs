//! Accepted: an `.await` in a `for` over a range, inclusive ones too.
//! Why: what is saved is the range as it is now, so no round is lost and none is done twice.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn await_in_a_range(rounds: u64) -> Vec<u64> {
    let mut sums = Vec::new();
    for n in 0..rounds {
        sums.push(add(n, 1).await);
    }
    for n in 8..=9 {
        sums.push(add(n, 1).await);
    }
    sums
}

pub fn main() {
    assert_eq!(run(await_in_a_range(2)), [1, 2, 9, 10]);
}
