//! The ways an instance ends, and what those who wait for it are told.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use common::{Door, Place, until};
use undying::prelude::*;
use undying::{Error, Status};

#[activity]
async fn breaks() -> u32 {
    panic!("out of order")
}

/// Its type has no way to say a failure.
#[orchestration]
async fn child(how: String) -> u32 {
    match &*how {
        "fails" => breaks().await,
        "parks" => panic!("it cannot go on"),
        _ => event::<u32>("go").await,
    }
}

#[orchestration]
async fn parent(how: String) -> Result<u32, Failure> {
    Ok(child(how).id("child").await)
}

/// What a child's handle and its parent are told when it came to `status`.
async fn told(how: &str, status: Status) -> (Result<u32, Error>, Result<u32, Failure>) {
    let engine = open(&Place::memory(), &Door::open(), &Arc::default()).await;
    let parent = engine
        .start("parent", parent(how.into()))
        .await
        .expect("started");
    until(|| async { engine.describe("child").await.is_ok() }).await;
    let child = engine.get::<ChildCall>("child").await.expect("it is there");
    match how {
        "is cancelled" => child.cancel().await.expect("cancelled"),
        "is terminated" => child.terminate("enough").await.expect("terminated"),
        "returns" => child.raise("go", &7).await.expect("raised"),
        _ => {}
    }
    assert_eq!(child.wait().await.expect("it is there"), status);
    let own = child.result().await;
    if status == Status::Parked {
        assert_eq!(parent.status().await.expect("it is there"), Status::Running);
        return (own, Ok(0));
    }
    (own, parent.result().await.expect("a result"))
}

fn failure(result: Result<u32, Error>) -> Failure {
    match result {
        Err(Error::Failed { failure, .. }) => failure,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_returns_is_completed() {
    let (own, parents) = told("returns", Status::Completed).await;
    assert_eq!((own.unwrap(), parents), (7, Ok(7)));
}

#[tokio::test]
async fn what_is_cancelled_is_cancelled_and_its_parent_is_told_so() {
    let (own, parents) = told("is cancelled", Status::Cancelled).await;
    let call = "child".to_owned();
    let cancelled = Failure::Cancelled { call };
    assert_eq!((failure(own), parents), (cancelled.clone(), Err(cancelled)));
}

#[tokio::test]
async fn what_is_terminated_is_terminated_and_its_parent_is_told_why() {
    let (own, parents) = told("is terminated", Status::Terminated).await;
    let (call, reason) = ("child".to_owned(), "enough".to_owned());
    let terminated = Failure::Terminated { call, reason };
    assert_eq!(
        (failure(own), parents),
        (terminated.clone(), Err(terminated))
    );
}

#[tokio::test]
async fn what_meets_a_failure_that_it_cannot_say_has_failed_and_its_parent_is_told_of_it() {
    let (own, parents) = told("fails", Status::Failed).await;
    let (call, message) = ("breaks".to_owned(), "out of order".to_owned());
    let panicked = Failure::Panicked { call, message };
    assert_eq!((failure(own), parents), (panicked.clone(), Err(panicked)));
}

#[tokio::test]
async fn what_panics_is_parked_and_its_parent_waits_for_it() {
    let (own, _) = told("parks", Status::Parked).await;
    let error = own.unwrap_err();
    assert!(matches!(error, Error::Parked { .. }), "{error}");
    assert!(error.to_string().contains("it cannot go on"), "{error}");
}

#[derive(Clone, Default)]
struct Dropped(Arc<AtomicU32>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Looks at no token.
#[activity]
async fn stubborn(State(door): State<Door>, State(dropped): State<Arc<AtomicU32>>) {
    let _dropped = Dropped(dropped);
    door.pass().await;
    std::future::pending::<()>().await;
}

#[orchestration]
async fn waits_for_the_stubborn() {
    stubborn().await;
}

async fn open(place: &Place, door: &Door, dropped: &Arc<AtomicU32>) -> Engine {
    let builder = Engine::builder().state(door.clone()).state(dropped.clone());
    place.open_with(builder).await.expect("the engine opens")
}

#[tokio::test]
async fn an_activity_that_ignores_its_cancellation_is_dropped_after_the_grace() {
    let (door, dropped) = (Door::open(), Arc::new(AtomicU32::new(0)));
    let engine = open(&Place::memory(), &door, &dropped).await;
    let handle = engine.start("one", waits_for_the_stubborn()).await.unwrap();
    door.until_came(1).await;
    handle.cancel().await.unwrap();
    assert_eq!(handle.status().await.unwrap(), Status::Cancelled);
    until(|| async { dropped.load(Ordering::SeqCst) == 1 }).await;
}

#[tokio::test]
async fn an_activity_that_ignores_a_shutdown_is_dropped_after_the_grace_and_made_again() {
    for place in Place::each() {
        let (door, dropped) = (Door::open(), Arc::new(AtomicU32::new(0)));
        let engine = open(&place, &door, &dropped).await;
        engine.start("one", waits_for_the_stubborn()).await.unwrap();
        door.until_came(1).await;
        engine.shutdown().await.unwrap();
        assert_eq!(dropped.load(Ordering::SeqCst), 1);
        drop(engine);

        let engine = open(&place, &door, &dropped).await;
        door.until_came(2).await;
        assert_eq!(
            engine.describe("one").await.unwrap().status,
            Status::Running
        );
    }
}
