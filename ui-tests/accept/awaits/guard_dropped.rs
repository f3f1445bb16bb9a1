//! Accepted: a lock guard that is dropped before the `.await`.
//! Why: what does not live across the await need not be saved.

use std::sync::Mutex;
use undying::prelude::*;
use undying_ui_tests::shop::*;

static RATE: Mutex<u64> = Mutex::new(7);

#[orchestration]
async fn await_guard_dropped(n: u64) -> u64 {
    let rate = {
        let rate = RATE.lock().expect("nobody panics while holding it");
        *rate
    };
    add(n, rate).await
}

pub fn main() {
    assert_eq!(run(await_guard_dropped(1)), 8);
}
