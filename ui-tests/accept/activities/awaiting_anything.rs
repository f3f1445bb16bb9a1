//! Accepted: any `async` code in an activity.
//! Why: an activity is a plain future, run by the engine's tokio runtime; services outside are called here.

use undying::prelude::*;
use undying_ui_tests::run;

async fn outside(n: u64) -> u64 {
    n + 1
}

#[activity]
async fn asked(n: u64) -> u64 {
    let answer = async { outside(n).await }.await;
    std::future::ready(answer).await
}

#[orchestration]
async fn answered(n: u64) -> u64 {
    asked(n).await
}

pub fn main() {
    assert_eq!(run(answered(1)), 2);
}
