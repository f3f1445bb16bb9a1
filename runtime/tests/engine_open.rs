//! What opening an engine checks, and how it says what is wrong.

mod common;

use common::Place;
use undying::prelude::*;
use undying::{Error, store::StoreError};

#[derive(Clone)]
struct Mailer;

#[activity]
async fn mail(to: String, State(_mailer): State<Mailer>) -> usize {
    to.len()
}

#[activity]
async fn echo<T: Persist>(value: T) -> T {
    value
}

fn complete() -> EngineBuilder {
    Engine::builder().state(Mailer)
}

#[tokio::test]
async fn a_missing_state_is_named_with_the_activity_and_its_place() {
    let error = Engine::open_in_memory().await.unwrap_err();
    let Error::MissingState {
        activity,
        at,
        state,
    } = error
    else {
        panic!("{error}");
    };
    assert_eq!(activity, "mail");
    assert!(at.contains("engine_open.rs:"), "{at}");
    assert!(state.ends_with("Mailer"), "{state}");
}

#[tokio::test]
async fn two_activities_of_one_name_are_named_with_their_places() {
    let builder = complete()
        .register_activity::<EchoCall<u8>>("echo")
        .register_activity::<EchoCall<u16>>("echo");
    let error = builder.open_in_memory().await.unwrap_err();
    let Error::TwoOfOneName { name, at } = error else {
        panic!("{error}");
    };
    assert_eq!((name.as_str(), at.len()), ("echo", 2));
    assert!(
        at.iter().all(|at| at.contains("engine_open.rs:")) && at[0] != at[1],
        "{at:?}"
    );
}

#[tokio::test]
async fn a_folder_whose_parent_is_missing_is_refused_by_path() {
    let folder = tempfile::tempdir().unwrap();
    let error = complete()
        .open(folder.path().join("no/where"))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Store(_)), "{error:?}");
    assert!(
        error.to_string().contains("no/where") || error.to_string().contains("/no"),
        "{error}"
    );
}

#[tokio::test]
async fn a_file_in_the_place_of_the_folder_is_refused_by_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    std::fs::write(&path, "not a store").unwrap();
    let error = complete().open(&path).await.unwrap_err();
    assert!(matches!(error, Error::Store(_)), "{error:?}");
    assert!(
        error.to_string().contains(path.to_str().unwrap()),
        "{error}"
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "not a store");
}

#[tokio::test]
async fn a_store_of_another_number_of_partitions_is_refused() {
    let place = Place::folder();
    drop(place.open_with(complete().partitions(8)).await.unwrap());
    let error = place
        .open_with(complete().partitions(16))
        .await
        .unwrap_err();
    let Error::Store(store) = &error else {
        panic!("{error}");
    };
    assert!(
        matches!(
            **store,
            StoreError::Incompatible {
                found: 8,
                expected: 16,
                ..
            }
        ),
        "{error}"
    );
}

#[tokio::test]
async fn the_number_of_shards_may_change_at_every_open() {
    let place = Place::folder();
    for shards in [1, 4, 2] {
        drop(place.open_with(complete().shards(shards)).await.unwrap());
    }
}

#[tokio::test]
async fn options_that_cannot_be_are_refused_by_name() {
    let error = complete()
        .activities_max(0)
        .open_in_memory()
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "`activities_max` is 0; it must be at least 1"
    );
    let error = complete().partitions(0).open_in_memory().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "`partitions` is 0; it must be at least 1"
    );
}

#[test]
fn a_runtime_without_timers_is_refused() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let error = runtime.block_on(complete().open_in_memory()).unwrap_err();
    assert!(matches!(error, Error::NoRuntime { .. }), "{error:?}");
    assert!(error.to_string().contains("enable_time"), "{error}");
}

#[test]
fn no_runtime_at_all_is_refused() {
    let mut opening = std::pin::pin!(complete().open_in_memory());
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(error)) = opening.as_mut().poll(&mut cx) else {
        panic!("it waits for something");
    };
    assert!(matches!(error, Error::NoRuntime { .. }), "{error:?}");
}
