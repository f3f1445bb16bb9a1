//! Refused: an inclusive range kept in a variable across an `.await`.
//! Why: serde does not save that such a range has ended, so its last number would come twice.
//! Instead: `for n in 1..=3 { .. }`, which is kept in another form, or a half-open range.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn counted(n: u64) -> u64 {
    let mut numbers = 1..=n; //~ would forget that it has ended
    let mut sum = 0;
    while let Some(k) = numbers.next() {
        sum += add(k, 1).await;
    }
    sum
}

fn main() {}
