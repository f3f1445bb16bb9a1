//! Accepted: a task in a `race` or a `timeout`.
//! Why: a task that loses is not cancelled, unlike a call: it goes on.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn together_race_of_a_task(n: u64) -> u64 {
    let task = add(n, 1).spawn().await;
    match race((task, sleep(days(1)))).await {
        Either::First(sum) => sum,
        Either::Second(()) => 0,
    }
}

pub fn main() {
    assert_eq!(run(together_race_of_a_task(1)), 2);
}
