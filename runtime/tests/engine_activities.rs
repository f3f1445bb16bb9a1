//! What running an activity promises: attempts, pauses, limits, failures, cancellation.

mod common;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::{Door, Place, until};
use undying::prelude::*;
use undying::{Error, Status};

/// What activities leave behind for the test.
#[derive(Clone, Default)]
struct Seen {
    attempts: Arc<Mutex<Vec<(u32, String, Instant)>>>,
    dropped: Arc<AtomicU32>,
    cancelled: Arc<AtomicU32>,
}

impl Seen {
    fn attempts(&self) -> Vec<u32> {
        self.attempts
            .lock()
            .expect("no panic under it")
            .iter()
            .map(|seen| seen.0)
            .collect()
    }
}

#[derive(Debug, Clone, PartialEq, thiserror::Error, Serialize, Deserialize)]
enum Refused {
    #[error("not today")]
    NotToday,
    #[error(transparent)]
    Failed(#[from] Failure),
}

#[activity(retry(max_attempts = 3, first = "20ms", factor = 2.0))]
async fn fails_until(
    cx: ActivityContext,
    good: u32,
    State(seen): State<Seen>,
) -> Result<u32, Refused> {
    let (attempt, key) = (cx.attempt(), cx.idempotency_key().to_owned());
    seen.attempts
        .lock()
        .expect("no panic under it")
        .push((attempt, key, Instant::now()));
    if attempt < good {
        Err(Refused::NotToday)
    } else {
        Ok(attempt)
    }
}

#[orchestration]
async fn failing_until(good: u32) -> Result<u32, Refused> {
    fails_until(good).await
}

#[orchestration]
async fn failing_once_more(good: u32) -> Result<u32, Refused> {
    fails_until(good)
        .retry(Retry::attempts(4).first(millis(1)))
        .await
}

fn is_transient(refused: &Refused) -> bool {
    *refused == Refused::NotToday
}

#[activity(retry(max_attempts = 9, first = "1ms", jitter = 1.0, only = is_transient))]
async fn fails_for_good_at(
    cx: ActivityContext,
    at: u32,
    State(seen): State<Seen>,
) -> Result<(), Refused> {
    let mut attempts = seen.attempts.lock().expect("no panic under it");
    attempts.push((cx.attempt(), String::new(), Instant::now()));
    if cx.attempt() < at {
        return Err(Refused::NotToday);
    }
    let call = "it".to_owned();
    Err(Refused::Failed(Failure::Cancelled { call }))
}

#[orchestration]
async fn failing_for_good_at(at: u32) -> Result<(), Refused> {
    fails_for_good_at(at).await
}

#[activity(timeout = "20ms", retry(max_attempts = 2, first = "1ms"))]
async fn hangs(State(seen): State<Seen>) -> Result<(), Refused> {
    seen.attempts
        .lock()
        .expect("no panic under it")
        .push((0, String::new(), Instant::now()));
    std::future::pending().await
}

#[orchestration]
async fn hanging() -> Result<(), Refused> {
    hangs().await
}

#[activity]
async fn panics(what: String) -> Result<(), Refused> {
    panic!("no {what} left")
}

#[orchestration]
async fn panicking(what: String) -> Result<(), Refused> {
    panics(what).await
}

#[activity]
async fn panics_plainly() -> u32 {
    panic!("plainly")
}

#[orchestration]
async fn panicking_plainly() -> u32 {
    panics_plainly().await
}

struct Dropped(Arc<AtomicU32>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[activity]
async fn waits(
    cx: ActivityContext,
    State(door): State<Door>,
    State(seen): State<Seen>,
) -> Result<(), Refused> {
    let _dropped = Dropped(seen.dropped.clone());
    door.pass().await;
    cx.cancelled().await;
    seen.cancelled.fetch_add(1, Ordering::SeqCst);
    Ok(())
}

#[orchestration]
async fn waiting() -> Result<(), Refused> {
    waits().await
}

#[orchestration]
async fn waiting_plainly() -> bool {
    waits().await.is_ok()
}

#[activity(concurrency = 2)]
async fn narrow(State(door): State<Door>) -> () {
    door.pass().await;
}

#[orchestration]
async fn narrows(count: usize) -> usize {
    let narrow_calls: Vec<_> = (0..count).map(|_| narrow()).collect();
    join_all(narrow_calls).await.len()
}

async fn engine(place: &Place, door: &Door, seen: &Seen) -> Engine {
    let builder = Engine::builder().state(door.clone()).state(seen.clone());
    place.open_with(builder).await.expect("the engine opens")
}

#[tokio::test]
async fn a_failed_attempt_is_made_again_until_it_succeeds() {
    for place in Place::each() {
        let seen = Seen::default();
        let engine = engine(&place, &Door::open(), &seen).await;
        let handle = engine.start("a", failing_until(3)).await.unwrap();
        assert_eq!(handle.result().await.unwrap(), Ok(3));
        assert_eq!(seen.attempts(), [1, 2, 3]);
    }
}

#[tokio::test]
async fn the_last_error_is_the_result_when_the_attempts_are_used_up() {
    let seen = Seen::default();
    let engine = engine(&Place::memory(), &Door::open(), &seen).await;
    let handle = engine.start("a", failing_until(9)).await.unwrap();
    assert_eq!(handle.result().await.unwrap(), Err(Refused::NotToday));
    assert_eq!(seen.attempts(), [1, 2, 3]);
}

#[tokio::test]
async fn a_policy_given_at_the_call_replaces_the_declared_one() {
    let seen = Seen::default();
    let engine = engine(&Place::memory(), &Door::open(), &seen).await;
    let handle = engine.start("a", failing_once_more(4)).await.unwrap();
    assert_eq!(handle.result().await.unwrap(), Ok(4));
}

#[tokio::test]
async fn the_pauses_between_attempts_grow_and_are_never_shorter_than_declared() {
    let seen = Seen::default();
    let engine = engine(&Place::memory(), &Door::open(), &seen).await;
    engine
        .start("a", failing_until(3))
        .await
        .unwrap()
        .result()
        .await
        .unwrap()
        .unwrap();
    let at: Vec<_> = seen
        .attempts
        .lock()
        .unwrap()
        .iter()
        .map(|seen| seen.2)
        .collect();
    assert!(
        at[1] - at[0] >= Duration::from_millis(20),
        "{:?}",
        at[1] - at[0]
    );
    assert!(
        at[2] - at[1] >= Duration::from_millis(40),
        "{:?}",
        at[2] - at[1]
    );
}

#[tokio::test]
async fn the_idempotency_key_is_one_for_all_attempts_and_another_for_another_call() {
    let seen = Seen::default();
    let engine = engine(&Place::memory(), &Door::open(), &seen).await;
    engine
        .start("a", failing_until(3))
        .await
        .unwrap()
        .result()
        .await
        .unwrap()
        .unwrap();
    engine
        .start("b", failing_until(1))
        .await
        .unwrap()
        .result()
        .await
        .unwrap()
        .unwrap();
    let keys: Vec<_> = seen
        .attempts
        .lock()
        .unwrap()
        .iter()
        .map(|seen| seen.1.clone())
        .collect();
    assert!(keys[0] == keys[1] && keys[1] == keys[2], "{keys:?}");
    assert!(keys[3] != keys[0] && keys[0].starts_with("a/"), "{keys:?}");
}

#[tokio::test]
async fn a_timeout_is_one_of_each_attempt() {
    for place in Place::each() {
        let seen = Seen::default();
        let engine = engine(&place, &Door::open(), &seen).await;
        let handle = engine.start("a", hanging()).await.unwrap();
        let Err(Refused::Failed(Failure::TimedOut {
            call,
            after_ms,
            attempts,
        })) = handle.result().await.unwrap()
        else {
            panic!("it timed out");
        };
        assert_eq!((call.as_str(), after_ms, attempts), ("hangs", 20, 2));
        assert_eq!(seen.attempts().len(), 2);
    }
}

#[tokio::test]
async fn a_panic_of_an_activity_is_a_failure_with_its_message() {
    for place in Place::each() {
        let engine = engine(&place, &Door::open(), &Seen::default()).await;
        let handle = engine.start("a", panicking("paper".into())).await.unwrap();
        let Err(Refused::Failed(Failure::Panicked { call, message })) =
            handle.result().await.unwrap()
        else {
            panic!("it panicked");
        };
        assert_eq!(
            (call.as_str(), message.as_str()),
            ("panics", "no paper left")
        );
    }
}

#[tokio::test]
async fn a_failure_that_no_type_can_say_is_an_error_of_the_result() {
    let engine = engine(&Place::memory(), &Door::open(), &Seen::default()).await;
    let handle = engine.start("a", panicking_plainly()).await.unwrap();
    let error = handle.result().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "instance `a` failed: `panics_plainly` panicked: plainly"
    );
    assert_eq!(handle.status().await.unwrap(), Status::Failed);
}

#[tokio::test]
async fn cancelling_an_instance_cancels_its_activity_by_its_token() {
    for place in Place::each() {
        let (door, seen) = (Door::open(), Seen::default());
        let engine = engine(&place, &door, &seen).await;
        let handle = engine.start("a", waiting()).await.unwrap();
        door.until_came(1).await;
        handle.cancel().await.unwrap();
        assert!(matches!(
            handle.result().await.unwrap(),
            Err(Refused::Failed(Failure::Cancelled { .. }))
        ));
        assert_eq!(handle.status().await.unwrap(), Status::Cancelled);
        until(|| async { seen.cancelled.load(Ordering::SeqCst) == 1 }).await;
    }
}

#[tokio::test]
async fn a_cancellation_that_no_type_can_say_is_an_error_of_the_result() {
    let door = Door::open();
    let engine = engine(&Place::memory(), &door, &Seen::default()).await;
    let handle = engine.start("a", waiting_plainly()).await.unwrap();
    door.until_came(1).await;
    handle.cancel().await.unwrap();
    let error = handle.result().await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::Failed {
                failure: Failure::Cancelled { .. },
                ..
            }
        ),
        "{error}"
    );
}

#[tokio::test]
async fn cancelling_an_instance_that_has_ended_changes_nothing() {
    let engine = engine(&Place::memory(), &Door::open(), &Seen::default()).await;
    let handle = engine.start("a", failing_until(1)).await.unwrap();
    assert_eq!(handle.result().await.unwrap(), Ok(1));
    handle.cancel().await.unwrap();
    assert_eq!(handle.result().await.unwrap(), Ok(1));
}

#[tokio::test]
async fn an_activity_is_dropped_with_the_engine_that_was_dropped() {
    let (door, seen) = (Door::open(), Seen::default());
    let engine = engine(&Place::memory(), &door, &seen).await;
    engine.start("a", waiting()).await.unwrap();
    door.until_came(1).await;
    drop(engine);
    until(|| async { seen.dropped.load(Ordering::SeqCst) == 1 }).await;
}

#[tokio::test]
async fn no_more_attempts_of_an_activity_run_at_once_than_it_declares() {
    let door = Door::closed();
    let engine = engine(&Place::memory(), &door, &Seen::default()).await;
    let handle = engine.start("a", narrows(5)).await.unwrap();
    for came in 2..=5 {
        door.until_came(came).await;
        assert_eq!(door.came(), came);
        door.let_pass(1);
    }
    door.let_pass(1);
    assert_eq!(handle.result().await.unwrap(), 5);
}

#[tokio::test]
async fn errors_that_the_policy_is_not_for_are_results_at_once() {
    let seen = Seen::default();
    let engine = Engine::builder()
        .state(seen.clone())
        .state(Door::open())
        .open_in_memory()
        .await
        .unwrap();
    let handle = engine.start("a", failing_for_good_at(3)).await.unwrap();
    let call = "it".to_owned();
    let last = Refused::Failed(Failure::Cancelled { call });
    assert_eq!(handle.result().await.unwrap(), Err(last));
    assert_eq!(seen.attempts(), [1, 2, 3]);
}
