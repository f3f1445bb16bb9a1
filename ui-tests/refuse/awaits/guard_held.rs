//! Refused: a lock guard that lives across an `.await`.
//! Why: the instance may go on in another process; a guard cannot be saved.
//! Instead: take what you need out of the guard and drop it first (accept/awaits/guard_dropped.rs).

use std::sync::Mutex;
use undying::prelude::*;
use undying_ui_tests::shop::*;

static RATE: Mutex<u64> = Mutex::new(7);

#[orchestration]
async fn taxed(n: u64) -> u64 {
    let rate = RATE.lock().unwrap(); //~ it would have to be saved with the instance
    add(n, 1).await + *rate
}

fn main() {}
