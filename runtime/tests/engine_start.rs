//! What starting an instance promises.

mod common;

use common::{Door, Place};
use undying::durable::limits::{INSTANCE_ID_BYTES_MAX, PAYLOAD_BYTES_MAX};
use undying::prelude::*;
use undying::{Error, Status};

#[activity]
async fn count(n: u64, State(door): State<Door>) -> u64 {
    door.pass().await;
    n + 1
}

#[orchestration]
async fn counted(n: u64) -> u64 {
    count(n).await
}

#[orchestration]
async fn other(text: String) -> usize {
    text.len()
}

#[activity]
async fn first_of<T: Persist + Clone>(items: Vec<T>) -> Option<T> {
    items.first().cloned()
}

#[orchestration]
async fn first<T: Persist + Clone>(items: Vec<T>) -> Option<T> {
    first_of(items).await
}

#[tokio::test]
async fn an_orchestration_gives_what_it_returns() {
    for place in Place::each() {
        let engine = place.open(&Door::open()).await;
        let handle = engine.start("a", counted(1)).await.unwrap();
        assert_eq!(handle.result().await.unwrap(), 2);
        assert_eq!(handle.status().await.unwrap(), Status::Completed);
    }
}

#[tokio::test]
async fn starting_an_id_twice_is_starting_it_once() {
    for place in Place::each() {
        let door = Door::open();
        let engine = place.open(&door).await;
        let first = engine.start("a", counted(1)).await.unwrap();
        let second = engine.start("a", counted(100)).await.unwrap();
        assert_eq!(first.result().await.unwrap(), 2);
        assert_eq!(second.result().await.unwrap(), 2);
        let after_its_end = engine.start("a", counted(100)).await.unwrap();
        assert_eq!(after_its_end.result().await.unwrap(), 2);
        assert_eq!(door.came(), 1);
    }
}

#[tokio::test]
async fn a_thousand_starts_of_one_id_at_once_are_one_instance() {
    let door = Door::open();
    let engine = Place::memory().open(&door).await;
    let mut starts = tokio::task::JoinSet::new();
    for n in 0..1_000 {
        let engine = engine.clone();
        starts.spawn(async move { engine.start("a", counted(n)).await?.result().await });
    }
    let mut results = Vec::new();
    while let Some(result) = starts.join_next().await {
        results.push(result.unwrap().unwrap());
    }
    assert!(
        results.iter().all(|result| *result == results[0]),
        "{results:?}"
    );
    assert_eq!(door.came(), 1);
}

#[tokio::test]
async fn an_id_belongs_to_the_orchestration_it_was_started_with() {
    let engine = Place::memory().open(&Door::open()).await;
    engine.start("a", counted(1)).await.unwrap();
    let error = engine.start("a", other("x".into())).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "instance `a` is a `counted`, not a `other`; ids are shared by all orchestrations, \
         choose another one"
    );
    assert!(matches!(
        engine.get::<OtherCall>("a").await.unwrap_err(),
        Error::AnotherOrchestration { .. }
    ));
}

#[tokio::test]
async fn a_handle_is_found_again_by_its_id() {
    let engine = Place::memory().open(&Door::open()).await;
    engine.start("a", counted(1)).await.unwrap();
    let handle = engine.get::<CountedCall>("a").await.unwrap();
    assert_eq!((handle.id(), handle.result().await.unwrap()), ("a", 2));
}

#[tokio::test]
async fn an_instance_that_was_never_started_is_not_found_by_name() {
    let engine = Place::memory().open(&Door::open()).await;
    let error = engine.get::<CountedCall>("nobody").await.unwrap_err();
    assert!(
        error.to_string().contains("there is no instance `nobody`"),
        "{error}"
    );
    assert!(matches!(
        engine.retry("nobody").await,
        Err(Error::NotFound { .. })
    ));
}

#[tokio::test]
async fn an_empty_id_is_refused() {
    let engine = Place::memory().open(&Door::open()).await;
    assert!(matches!(
        engine.start("", counted(1)).await,
        Err(Error::IdEmpty)
    ));
}

#[tokio::test]
async fn an_id_over_the_limit_is_refused_and_one_at_the_limit_is_taken() {
    for place in Place::each() {
        let engine = place.open(&Door::open()).await;
        let mut id = "x".repeat(INSTANCE_ID_BYTES_MAX);
        let handle = engine.start(id.clone(), counted(1)).await.unwrap();
        assert_eq!(handle.result().await.unwrap(), 2);
        id.push('x');
        assert!(matches!(
            engine.start(id, counted(1)).await,
            Err(Error::IdTooLong { bytes, max, .. }) if bytes == max + 1
        ));
    }
}

#[tokio::test]
async fn arguments_over_the_limit_are_refused_at_the_call_and_leave_nothing() {
    let engine = Place::memory().open(&Door::open()).await;
    let large = "x".repeat(PAYLOAD_BYTES_MAX + 1);
    let error = engine.start("a", other(large)).await.unwrap_err();
    assert!(
        matches!(error, Error::PayloadTooLarge { call: "other", bytes, max } if bytes > max),
        "{error}"
    );
    assert!(matches!(
        engine.describe("a").await,
        Err(Error::NotFound { .. })
    ));
}

#[tokio::test]
async fn arguments_just_under_the_limit_are_taken() {
    for place in Place::each() {
        let engine = place.open(&Door::open()).await;
        let large = "x".repeat(PAYLOAD_BYTES_MAX - 100);
        let handle = engine.start("a", other(large)).await.unwrap();
        assert_eq!(handle.result().await.unwrap(), PAYLOAD_BYTES_MAX - 100);
    }
}

#[tokio::test]
async fn a_generic_orchestration_that_is_not_registered_is_refused_before_anything_is_stored() {
    let engine = Place::memory().open(&Door::open()).await;
    let error = engine.start("a", first(vec![1u8])).await.unwrap_err();
    assert!(matches!(error, Error::UnregisteredCall { .. }), "{error}");
    assert!(error.to_string().contains("FirstCall<u8>"), "{error}");
    assert!(matches!(
        engine.describe("a").await,
        Err(Error::NotFound { .. })
    ));
}

#[tokio::test]
async fn a_generic_orchestration_runs_under_the_name_it_was_registered_with() {
    for place in Place::each() {
        let builder = Engine::builder()
            .state(Door::open())
            .register_activity::<FirstOfCall<u8>>("first_of_u8")
            .register_orchestration::<FirstCall<u8>>("first_u8");
        let engine = place.open_with(builder).await.unwrap();
        let handle = engine.start("a", first(vec![7u8, 8])).await.unwrap();
        assert_eq!(handle.result().await.unwrap(), Some(7));
        assert_eq!(handle.describe().await.unwrap().orchestration, "first_u8");
    }
}

#[tokio::test]
async fn what_is_registered_can_be_listed() {
    let engine = Place::memory().open(&Door::open()).await;
    let names: Vec<_> = engine
        .registered()
        .iter()
        .map(|function| function.name)
        .collect();
    assert_eq!(names, ["count", "counted", "other"]);
}
