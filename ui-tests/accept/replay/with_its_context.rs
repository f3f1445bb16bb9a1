//! Accepted: a first parameter `cx: &ReplayContext` in a replayed orchestration.
//! Why: its time and its random numbers are the same in a replay; those of the machine are not. It is
//! no argument, and unlike `&mut Context` it can be kept across awaits.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration(replay)]
async fn replay_with_its_context(cx: &ReplayContext, n: u64) -> bool {
    let (begun, key) = (cx.now(), cx.uuid());
    let dice = cx.random() % 6;
    cx.set_status(format!("{key}: {dice}"));
    let sum = add(n, dice).await;
    sleep(days(1)).await;
    cx.now() >= begun + days(1) && key != cx.uuid() && sum == n + dice
}

pub fn main() {
    assert!(run(replay_with_its_context(1)));
}
