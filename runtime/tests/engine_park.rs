//! An instance that cannot go on with this program is parked, and goes on with the next one.

mod common;

use common::{Door, Place, until};
use undying::prelude::*;
use undying::{Error, Status};

#[activity]
async fn wait_for<T: Persist>(value: T, State(door): State<Door>) -> T {
    door.pass().await;
    value
}

#[orchestration]
async fn waiting<T: Persist>(value: T) -> T {
    wait_for(value).await
}

#[orchestration]
async fn broken(at: u32) -> u32 {
    sleep(millis(1)).await;
    assert!(at > 10, "{at} is too low");
    at
}

/// A program that knows `waiting` and `wait_for` under these names.
fn program(door: &Door, orchestration: bool, activity: bool) -> EngineBuilder {
    let mut builder = Engine::builder().state(door.clone());
    if orchestration {
        builder = builder.register_orchestration::<WaitingCall<u32>>("waiting_u32");
    }
    if activity {
        builder = builder.register_activity::<WaitForCall<u32>>("wait_for_u32");
    }
    builder
}

#[tokio::test]
async fn an_orchestration_this_program_has_not_is_parked_by_name_and_goes_on_in_one_that_has_it() {
    for place in Place::each() {
        let door = Door::closed();
        let engine = place.open_with(program(&door, true, true)).await.unwrap();
        engine.start("a", waiting(7u32)).await.unwrap();
        door.until_came(1).await;
        engine.shutdown().await.unwrap();
        drop(engine);

        let engine = place
            .open_with(program(&Door::open(), false, true))
            .await
            .unwrap();
        until(|| async { engine.describe("a").await.unwrap().status == Status::Parked }).await;
        let reason = engine
            .describe("a")
            .await
            .unwrap()
            .parked
            .unwrap()
            .to_string();
        assert!(
            reason.contains("there is no orchestration `waiting_u32`"),
            "{reason}"
        );
        engine.shutdown().await.unwrap();
        drop(engine);

        let engine = place
            .open_with(program(&Door::open(), true, true))
            .await
            .unwrap();
        engine.retry("a").await.unwrap();
        let handle = engine.get::<WaitingCall<u32>>("a").await.unwrap();
        assert_eq!(handle.result().await.unwrap(), 7);
    }
}

#[tokio::test]
async fn an_activity_this_program_has_not_parks_its_instance_by_name() {
    for place in Place::each() {
        let engine = place
            .open_with(program(&Door::open(), true, false))
            .await
            .unwrap();
        let handle = engine.start("a", waiting(7u32)).await.unwrap();
        let error = handle.result().await.unwrap_err();
        assert!(matches!(error, Error::Parked { .. }), "{error}");
        assert!(
            error
                .to_string()
                .contains("there is no activity `wait_for`"),
            "{error}"
        );
        engine.shutdown().await.unwrap();
        drop(engine);

        let engine = place
            .open_with(program(&Door::open(), true, true))
            .await
            .unwrap();
        engine.retry("a").await.unwrap();
        let handle = engine.get::<WaitingCall<u32>>("a").await.unwrap();
        assert_eq!(handle.result().await.unwrap(), 7);
    }
}

#[tokio::test]
async fn a_turn_that_panics_parks_its_instance_with_the_message() {
    for place in Place::each() {
        let engine = place
            .open_with(program(&Door::open(), true, true))
            .await
            .unwrap();
        let handle = engine.start("a", broken(3)).await.unwrap();
        let error = handle.result().await.unwrap_err();
        assert!(
            error
                .to_string()
                .contains("`broken` panicked: 3 is too low"),
            "{error}"
        );
        assert!(error.to_string().contains("engine.retry(\"a\")"), "{error}");
        let well = engine.start("b", broken(30)).await.unwrap();
        assert_eq!(well.result().await.unwrap(), 30, "others go on");
    }
}
