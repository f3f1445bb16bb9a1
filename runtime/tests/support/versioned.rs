//! Orchestrations that tell their version.

use std::cell::Cell;

use undying::durable::VersionMatch;
use undying::prelude::*;

use super::bodies::step;
use super::events::WRONG;

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

thread_local! {
    /// The version of the program on this thread, if it has one, and which ones it runs.
    pub static PROGRAM: Cell<Option<(u64, VersionMatch)>> = const { Cell::new(None) };
}

/// Whether the program on this thread should not run an instance of this version.
fn misfits(version: Option<&str>) -> bool {
    let of = number(version);
    PROGRAM.get().is_some_and(|(own, takes)| match takes {
        VersionMatch::CurrentOrOlder => of > own,
        VersionMatch::Strict => of != own,
        _ => false,
    })
}

/// So many steps; more if a program took a turn that it should not have taken, or the version changed.
#[orchestration]
pub async fn stamped(cx: &mut Context, steps: u64, _b: u64) -> u64 {
    let version = number(cx.version());
    let (mut wrong, mut pad) = (0, Vec::new());
    for n in 0..steps {
        // It changes now and then, in a row of its own.
        pad = vec![n / 2; 600];
        step(n).await;
        wrong += u64::from(misfits(cx.version()) || number(cx.version()) != version);
        wrong += u64::from(pad != vec![n / 2; 600]);
    }
    drop(pad);
    steps + wrong * WRONG
}
