//! Accepted: `#[orchestration(replay)]` with borrows that live across an `.await`.
//! Why: it is not saved at its awaits; to go on, it is led through its recording. So it may hold what
//! no other process can have.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration(replay)]
async fn replay_holding_a_borrow(text: String) -> u64 {
    let words: Vec<&str> = text.split(' ').collect();
    let mut sum = 0;
    for word in &words {
        sum += add(word.len() as u64, 1).await;
    }
    sum
}

pub fn main() {
    assert_eq!(run(replay_holding_a_borrow("three short words".into())), 18);
}
