//! Timers, by a clock that the test moves: never early, however long, however late.

mod common;

use common::Place;
use undying::prelude::*;
use undying::store::keys::Tag;
use undying::testing::VirtualClock;
use undying::{Status, store::memory::MemoryDisk};

#[orchestration]
async fn sleeps(length_ms: u64) -> u64 {
    sleep(millis(length_ms)).await;
    length_ms
}

#[orchestration]
async fn sleeps_until_an_hour_ago(cx: &mut Context) -> bool {
    sleep_until(cx.now() - hours(1)).await;
    sleep_until(std::time::SystemTime::UNIX_EPOCH).await;
    true
}

/// Says how often it has slept.
#[orchestration]
async fn sleeps_each_hour(cx: &mut Context) {
    let mut slept = 0;
    loop {
        cx.set_status(format!("{slept}"));
        sleep(hours(1)).await;
        slept += 1;
    }
}

#[orchestration]
async fn gives_up_a_timer() -> bool {
    let first = race((sleep(days(9)), event::<()>("go"))).await;
    let second = timeout(days(9), event::<()>("go")).await;
    event::<()>("end").await;
    first == Either::Second(()) && second.is_ok()
}

async fn open(place: &Place, clock: &VirtualClock) -> Engine {
    let builder = Engine::builder().clock(clock);
    place.open_with(builder).await.expect("the engine opens")
}

fn timers(disk: &MemoryDisk) -> usize {
    let rows = disk.rows();
    rows.keys().filter(|key| key[0] == Tag::Timer as u8).count()
}

#[tokio::test]
async fn a_sleep_is_as_long_as_it_says_to_the_millisecond_and_not_shorter() {
    let clock = VirtualClock::new();
    let engine = open(&Place::memory(), &clock).await;
    let handle = engine.start("nap", sleeps(1_234)).await.unwrap();
    clock.settle().await;
    for (step, status) in [(1_233, Status::Running), (2, Status::Completed)] {
        clock.advance(millis(step)).await;
        assert_eq!(handle.status().await.unwrap(), status);
    }
}

#[tokio::test]
async fn a_sleep_until_a_time_that_has_passed_is_over_at_the_next_turn() {
    let clock = VirtualClock::new();
    let engine = open(&Place::memory(), &clock).await;
    let late = engine
        .start("late", sleeps_until_an_hour_ago())
        .await
        .unwrap();
    // The clock stands.
    assert!(late.result().await.unwrap());
}

#[tokio::test]
async fn a_sleep_of_a_century_survives_restarts_and_ends() {
    for place in Place::each() {
        let clock = VirtualClock::new();
        let century = u64::try_from(days(36_525).as_millis()).unwrap();
        for _ in 0..4 {
            let engine = open(&place, &clock).await;
            let handle = engine.start("century", sleeps(century)).await.unwrap();
            clock.settle().await;
            assert_eq!(handle.status().await.unwrap(), Status::Running);
            clock.advance(days(9_131)).await;
            drop(engine);
        }
        clock.advance(days(1)).await;
        let engine = open(&place, &clock).await;
        let handle = engine.get::<SleepsCall>("century").await.unwrap();
        assert_eq!(handle.result().await.unwrap(), century);
    }
}

#[tokio::test]
async fn a_timer_that_was_due_while_the_program_did_not_run_fires_once() {
    for place in Place::each() {
        let clock = VirtualClock::new();
        let engine = open(&place, &clock).await;
        let handle = engine.start("hours", sleeps_each_hour()).await.unwrap();
        clock.advance(minutes(150)).await;
        let slept = handle.describe().await.unwrap().custom_status;
        assert_eq!(slept.as_deref(), Some("2"));
        drop(engine);

        clock.advance(hours(100)).await;
        let engine = open(&place, &clock).await;
        clock.settle().await;
        let slept = engine.describe("hours").await.unwrap().custom_status;
        assert_eq!(slept.as_deref(), Some("3"));
        drop(engine);

        // Dying again does not let it fire again.
        let engine = open(&place, &clock).await;
        clock.settle().await;
        let slept = engine.describe("hours").await.unwrap().custom_status;
        assert_eq!(slept.as_deref(), Some("3"));
    }
}

#[tokio::test]
async fn a_timer_that_is_given_up_leaves_no_row() {
    let (disk, clock) = (MemoryDisk::new(), VirtualClock::new());
    let engine = open(&Place::Memory(disk.clone()), &clock).await;
    let handle = engine.start("one", gives_up_a_timer()).await.unwrap();
    for _ in 0..2 {
        clock.settle().await;
        assert_eq!(timers(&disk), 1);
        handle.raise("go", &()).await.unwrap();
    }
    clock.settle().await;
    assert_eq!(timers(&disk), 0);
    handle.raise("end", &()).await.unwrap();
    assert!(handle.result().await.unwrap());
}
