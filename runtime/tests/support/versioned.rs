//! Orchestrations that tell their version.

use undying::prelude::*;

use super::bodies::step;

/// A version as a number; 0 for none.
fn number(version: Option<&str>) -> u64 {
    version.unwrap_or("0").parse().expect("it is a number")
}

/// Waits for so many events, and begins again after each; its version.
#[orchestration]
pub async fn dated(cx: &mut Context, events: u64, _b: u64) -> u64 {
    if events == 0 {
        return number(cx.version());
    }
    event::<u64>("a").await;
    continue_as_new(dated(events - 1, 0)).await
}

/// The same without beginning again. What it was told at first has to be the same when it is led
/// through its recording.
#[orchestration(replay)]
pub async fn replayed_dated(cx: &ReplayContext, events: u64, _b: u64) -> u64 {
    let version = step(number(cx.version())).await;
    for _ in 0..events {
        event::<u64>("a").await;
    }
    assert_eq!(version, number(cx.version()) + 1);
    number(cx.version())
}

/// Takes two events, one after the other.
#[resumable]
async fn two() -> u64 {
    let one = event::<u64>("a").await;
    one + event::<u64>("a").await
}

/// Joins two events, a sleep of so many milliseconds and a step: their sum.
#[orchestration]
pub async fn gathered(n: u64, nap: u64) -> u64 {
    let (events, (), one) = join((two(), sleep(millis(nap)), step(n))).await;
    events + one
}
