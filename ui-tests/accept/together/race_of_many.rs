//! Accepted: `race` of a `Vec` of calls of one kind.
//! Why: it gives the index of the winner and its result; when several have finished, the leftmost.

use undying::prelude::*;
use undying_ui_tests::run;

#[orchestration]
async fn together_race_of_many(delays: Vec<u64>) -> usize {
    let timers = delays
        .into_iter()
        .map(|n| sleep(minutes(n)))
        .collect::<Vec<_>>();
    let (winner, ()) = race(timers).await;
    winner
}

pub fn main() {
    assert_eq!(run(together_race_of_many(vec![5, 2, 9])), 1);
}
