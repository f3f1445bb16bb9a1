//! Accepted: locals that are declared first and initialised later, on some paths across an `.await`.
//! Why: only a local that has a value is saved.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn local_initialised_later(n: u64) -> (u64, u64) {
    let fee;
    let rate: u64;
    add(n, 1).await;
    if n > 4 {
        fee = 2;
    } else {
        fee = add(n, 1).await;
    }
    rate = add(fee, fee).await;
    (fee, rate)
}

pub fn main() {
    assert_eq!(run(local_initialised_later(5)), (2, 4));
    assert_eq!(run(local_initialised_later(0)), (1, 2));
}
