//! Sagas: what was done is undone in reverse order, once, whatever is dropped and read back between.
#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

mod common;

use std::cell::RefCell;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{Door, Place};
use undying::__private::{Driver, Memory, Stop};
use undying::prelude::*;

const MEMORIES: [Memory; 3] = [Memory::Hot, Memory::Written, Memory::Cold];

thread_local! {
    /// What activities did, in order.
    static DONE: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn note(what: impl Into<String>) {
    DONE.with_borrow_mut(|done| done.push(what.into()));
}

#[derive(Debug, Clone, PartialEq, thiserror::Error, Serialize, Deserialize)]
enum TripError {
    #[error("nothing left of {0}")]
    SoldOut(String),
    #[error("the desk is closed")]
    Closed,
    #[error(transparent)]
    Failed(#[from] Failure),
    #[error(transparent)]
    NotUndone(#[from] Uncompensated),
}

#[activity]
async fn book(what: String) -> Result<String, TripError> {
    if what.starts_with("no ") {
        return Err(TripError::SoldOut(what));
    }
    note(format!("book {what}"));
    Ok(what)
}

#[activity(retry(max_attempts = 3, first = "1ms"))]
async fn unbook(what: String) -> Result<(), TripError> {
    note(format!("unbook {what}"));
    if what.starts_with("sticky") {
        return Err(TripError::Closed);
    }
    Ok(())
}

#[activity]
async fn forget(what: String) {
    note(format!("forget {what}"));
}

#[orchestration]
async fn unbook_twice(what: String) -> Result<(), TripError> {
    unbook(format!("{what} a")).await?;
    unbook(format!("{what} b")).await
}

#[orchestration]
async fn trip(stops: Vec<String>) -> Result<usize, TripError> {
    let mut saga = Saga::new();
    let booked = async {
        let mut booked = 0;
        for stop in stops {
            let stop = book(stop).await?;
            saga.undo_with(unbook(stop));
            booked += 1;
        }
        Ok::<_, TripError>(booked)
    }
    .await;
    if booked.is_err() {
        saga.compensate().await?;
    }
    booked
}

#[orchestration]
async fn mixed() -> Result<(), TripError> {
    let mut saga = Saga::new();
    saga.undo_with(forget("first".into()));
    saga.undo_with(unbook_twice("second".into()));
    sleep(days(3)).await;
    saga.undo_with(unbook("third".into()).retry(Retry::attempts(1)));
    book("fourth".into()).await?;
    saga.compensate().await?;
    Ok(())
}

#[resumable]
async fn book_all(stops: Vec<String>, mut saga: Saga) -> (Saga, Result<(), TripError>) {
    for stop in stops {
        match book(stop).await {
            Ok(stop) => saga.undo_with(unbook(stop)),
            Err(why) => return (saga, Err(why)),
        }
    }
    (saga, Ok(()))
}

#[resumable]
async fn undo_all(saga: Saga) -> Result<(), Uncompensated> {
    saga.compensate().await
}

#[orchestration]
async fn with_helpers() -> Result<(), TripError> {
    let saga = Saga::new();
    let (saga, booked) = book_all(vec!["a".into(), "b".into(), "no c".into()], saga).await;
    assert_eq!((saga.len(), saga.is_empty()), (2, false));
    undo_all(saga).await?;
    booked
}

#[orchestration]
async fn in_time() -> bool {
    let mut saga = Saga::new();
    saga.undo_with(forget("what it knew".into()));
    timeout(days(1), saga.compensate()).await == Ok(Ok(()))
}

/// What `call` gives and what was done, which is the same however often it is read back.
#[track_caller]
fn check<O: undying::durable::OrchestrationCall>(
    call: impl Fn() -> Orchestration<O>,
    output: O::Output,
    done: &[&str],
) where
    O::Output: std::fmt::Debug + PartialEq,
{
    for memory in MEMORIES {
        DONE.take();
        let given = Driver::new(memory).run(call()).unwrap();
        assert_eq!(given, output, "{memory:?}");
        assert_eq!(DONE.take(), done, "{memory:?}");
    }
}

fn stops(of: &[&str]) -> Vec<String> {
    of.iter().map(|stop| (*stop).to_owned()).collect()
}

fn closed(call: &str) -> Failure {
    Failure::Failed {
        call: call.to_owned(),
        message: "Err(Closed)".to_owned(),
    }
}

#[test]
fn nothing_is_undone_of_what_succeeded() {
    let done = ["book seat", "book room"];
    check(|| trip(stops(&["seat", "room"])), Ok(2), &done);
}

#[test]
fn steps_that_were_done_are_undone_the_last_first_and_no_other() {
    let why = TripError::SoldOut("no car".to_owned());
    let done = ["book seat", "book room", "unbook room", "unbook seat"];
    check(
        || trip(stops(&["seat", "room", "no car", "boat"])),
        Err(why),
        &done,
    );
}

#[test]
fn a_compensation_that_fails_is_retried_by_its_own_policy_and_named_and_the_others_are_made() {
    let failures = vec![closed("unbook")];
    let done = [
        "book seat",
        "book sticky",
        "book room",
        "unbook room",
        "unbook sticky",
        "unbook sticky",
        "unbook sticky",
        "unbook seat",
    ];
    check(
        || trip(stops(&["seat", "sticky", "room", "no car"])),
        Err(Uncompensated { failures }.into()),
        &done,
    );
}

#[test]
fn activities_and_orchestrations_of_any_type_undo_steps() {
    let done = [
        "book fourth",
        "unbook third",
        "unbook second a",
        "unbook second b",
        "forget first",
    ];
    check(mixed, Ok(()), &done);
}

#[test]
fn a_saga_is_passed_to_a_helper_and_back() {
    let why = TripError::SoldOut("no c".to_owned());
    check(
        with_helpers,
        Err(why),
        &["book a", "book b", "unbook b", "unbook a"],
    );
}

#[test]
fn compensations_can_be_given_a_time() {
    check(in_time, true, &["forget what it knew"]);
}

#[test]
fn what_could_not_be_undone_is_told_in_a_line() {
    let one = Uncompensated {
        failures: vec![closed("unbook")],
    };
    assert_eq!(
        one.to_string(),
        "one step could not be undone: `unbook` failed: Err(Closed)"
    );
    let two = Uncompensated {
        failures: vec![closed("unbook"), closed("release")],
    };
    assert_eq!(
        two.to_string(),
        "2 steps could not be undone: `unbook` failed: Err(Closed); `release` failed: Err(Closed)"
    );
}

#[activity]
async fn generic<T: Persist>(_value: T) {}

#[orchestration]
async fn undoes_with_a_generic(nap: bool) {
    let mut saga = Saga::new();
    saga.undo_with(generic(7u32));
    if nap {
        sleep(secs(1)).await;
    }
    let _ = saga.compensate().await;
}

#[orchestration]
async fn undoes_too_much() {
    let mut saga = Saga::new();
    for _ in 0..=undying::durable::limits::COMPENSATIONS_MAX {
        saga.undo_with(forget("it".into()));
    }
    let _ = saga.compensate().await;
}

#[test]
fn a_call_that_cannot_be_kept_is_refused_by_name() {
    let reason = |call| match Driver::new(Memory::Cold).run(call) {
        Err(Stop::Refused(why)) => why.to_string(),
        other => panic!("{other:?}"),
    };
    for nap in [false, true] {
        let why = reason(undoes_with_a_generic(nap));
        assert!(why.contains("`generic` has no stored name"), "{why}");
    }
    let Err(Stop::Refused(why)) = Driver::new(Memory::Cold).run(undoes_too_much()) else {
        panic!("it is refused");
    };
    assert!(
        why.to_string().contains("at most 1000 compensations"),
        "{why}"
    );
}

/// What the world outside holds: bookings, and how often each was undone.
#[derive(Clone, Default)]
struct World(Arc<Mutex<Vec<String>>>);

#[activity]
async fn hold(what: u64, State(world): State<World>) -> Result<u64, TripError> {
    if what == 3 {
        return Err(TripError::Closed);
    }
    world.0.lock().unwrap().push(format!("hold {what}"));
    Ok(what)
}

#[activity]
async fn drop_it(
    cx: ActivityContext,
    what: u64,
    State(world): State<World>,
    State(door): State<Door>,
) -> Result<(), TripError> {
    door.pass().await;
    let key = cx.idempotency_key().to_owned();
    world.0.lock().unwrap().push(format!("drop {what} {key}"));
    Ok(())
}

#[orchestration]
async fn hold_three() -> Result<(), TripError> {
    let mut saga = Saga::new();
    let held = async {
        for what in 1..=3 {
            let what = hold(what).await?;
            saga.undo_with(drop_it(what));
        }
        Ok::<_, TripError>(())
    }
    .await;
    saga.compensate().await?;
    held
}

#[tokio::test]
async fn an_engine_that_dies_amid_the_compensations_goes_on_with_the_one_it_was_at() {
    for place in Place::each() {
        let (world, door) = (World::default(), Door::closed());
        let open = |door: &Door| {
            let builder = Engine::builder().state(world.clone()).state(door.clone());
            builder.cancellation_grace(Duration::ZERO)
        };
        let engine = place.open_with(open(&door)).await.unwrap();
        engine.start("trip", hold_three()).await.unwrap();
        door.until_came(1).await;
        drop(engine);
        // The compensation of step 2 is under way; that of step 1 is not called yet.
        let door = Door::closed();
        let engine = place.open_with(open(&door)).await.unwrap();
        door.let_pass(1);
        door.until_came(2).await;
        drop(engine);
        let engine = place.open_with(open(&Door::open())).await.unwrap();
        let handle = engine.get::<HoldThreeCall>("trip").await.unwrap();
        assert_eq!(handle.result().await.unwrap(), Err(TripError::Closed));
        let mut done = world.0.lock().unwrap().clone();
        // An attempt may be made twice; each call has one key.
        done.dedup();
        let calls: Vec<_> = done.iter().map(|done| &done[..6]).collect();
        assert_eq!(calls, ["hold 1", "hold 2", "drop 2", "drop 1"]);
    }
}
