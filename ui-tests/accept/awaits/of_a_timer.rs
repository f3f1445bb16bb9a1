//! Accepted: a durable timer, for a while or until an instant.
//! Why: what is saved is when it is due: three days are three days, restarts included.

use std::time::{Duration, UNIX_EPOCH};
use undying::prelude::*;
use undying_ui_tests::run;

#[orchestration]
async fn await_of_a_timer(cx: &mut Context) -> bool {
    let begun = cx.now();
    sleep(days(3)).await;
    sleep_until(begun + hours(80)).await;
    sleep_until(UNIX_EPOCH).await;
    cx.now().duration_since(begun).unwrap_or(Duration::ZERO) >= hours(80)
}

pub fn main() {
    assert!(run(await_of_a_timer()));
}
