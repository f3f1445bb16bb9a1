//! What survives the engine: shut down, dropped, opened again.

mod common;

use common::{Door, Place};
use undying::prelude::*;
use undying::{Error, Status};

#[activity]
async fn step(n: u64, State(door): State<Door>) -> u64 {
    door.pass().await;
    n
}

#[orchestration]
async fn three_steps(from: u64) -> Vec<u64> {
    let mut seen = vec![step(from).await];
    seen.push(step(from + 1).await);
    seen.push(step(from + 2).await);
    seen
}

#[activity]
async fn obeys(cx: ActivityContext, State(door): State<Door>) -> bool {
    door.pass().await;
    cx.cancelled().await;
    true
}

#[orchestration]
async fn obeying() -> bool {
    obeys().await
}

#[orchestration]
async fn sleeper(millis_each: u64) -> u64 {
    for _ in 0..3u8 {
        sleep(millis(millis_each)).await;
    }
    millis_each
}

#[tokio::test]
async fn a_result_is_there_after_a_restart() {
    for place in Place::each() {
        let engine = place.open(&Door::open()).await;
        let handle = engine.start("a", three_steps(1)).await.unwrap();
        assert_eq!(handle.result().await.unwrap(), [1, 2, 3]);
        engine.shutdown().await.unwrap();
        drop(engine);

        let engine = place.open(&Door::closed()).await;
        let handle = engine.get::<ThreeStepsCall>("a").await.unwrap();
        assert_eq!(handle.result().await.unwrap(), [1, 2, 3]);
    }
}

#[tokio::test]
async fn an_instance_goes_on_where_it_was_after_a_shutdown() {
    for place in Place::each() {
        let door = Door::closed();
        let engine = place.open(&door).await;
        engine.start("a", three_steps(1)).await.unwrap();
        door.let_pass(1);
        door.until_came(2).await;
        engine.shutdown().await.unwrap();
        drop(engine);

        let door = Door::open();
        let engine = place.open(&door).await;
        let handle = engine.get::<ThreeStepsCall>("a").await.unwrap();
        assert_eq!(handle.result().await.unwrap(), [1, 2, 3]);
        assert_eq!(door.came(), 2, "the first step is not made again");
    }
}

#[tokio::test]
async fn an_instance_goes_on_where_it_was_after_its_engine_was_dropped() {
    for place in Place::each() {
        let door = Door::closed();
        let engine = place.open(&door).await;
        engine.start("a", three_steps(1)).await.unwrap();
        door.let_pass(1);
        door.until_came(2).await;
        drop(engine);

        let door = Door::open();
        let engine = place.open(&door).await;
        let handle = engine.get::<ThreeStepsCall>("a").await.unwrap();
        assert_eq!(handle.result().await.unwrap(), [1, 2, 3]);
        assert_eq!(door.came(), 2, "the first step is not made again");
    }
}

#[tokio::test]
async fn every_instance_that_was_acknowledged_completes_after_a_drop_at_any_moment() {
    for place in Place::each() {
        for round in 0..5u64 {
            let engine = place.open(&Door::open()).await;
            for n in 0..20 {
                engine
                    .start(format!("{round}/{n}"), three_steps(n))
                    .await
                    .unwrap();
            }
            drop(engine);
        }
        let engine = place.open(&Door::open()).await;
        for round in 0..5u64 {
            for n in 0..20 {
                let handle = engine
                    .get::<ThreeStepsCall>(&format!("{round}/{n}"))
                    .await
                    .unwrap();
                assert_eq!(handle.result().await.unwrap(), [n, n + 1, n + 2]);
            }
        }
    }
}

#[tokio::test]
async fn timers_go_on_after_a_restart() {
    for place in Place::each() {
        let engine = place.open(&Door::open()).await;
        engine.start("a", sleeper(30)).await.unwrap();
        engine.shutdown().await.unwrap();
        drop(engine);
        let engine = place.open(&Door::open()).await;
        let handle = engine.get::<SleeperCall>("a").await.unwrap();
        assert_eq!(handle.result().await.unwrap(), 30);
    }
}

#[tokio::test]
async fn a_shutdown_asks_activities_to_stop_and_does_not_take_that_for_their_result() {
    for place in Place::each() {
        let door = Door::open();
        let engine = place.open(&door).await;
        engine.start("a", obeying()).await.unwrap();
        door.until_came(1).await;
        engine.shutdown().await.unwrap();
        drop(engine);

        let door = Door::open();
        let engine = place.open(&door).await;
        door.until_came(1).await;
        assert_eq!(engine.describe("a").await.unwrap().status, Status::Running);
    }
}

#[tokio::test]
async fn an_engine_that_was_shut_down_says_so() {
    let engine = Place::memory().open(&Door::open()).await;
    let handle = engine.start("a", three_steps(1)).await.unwrap();
    engine.shutdown().await.unwrap();
    engine.shutdown().await.unwrap();
    assert!(matches!(
        engine.start("b", three_steps(1)).await,
        Err(Error::Closed { .. })
    ));
    assert!(matches!(handle.result().await, Err(Error::Closed { .. })));
    drop(engine);
    assert!(matches!(handle.result().await, Err(Error::Closed { .. })));
}

#[tokio::test]
async fn who_waits_for_a_result_is_told_when_the_engine_is_shut_down() {
    let engine = Place::memory().open(&Door::closed()).await;
    let handle = engine.start("a", three_steps(1)).await.unwrap();
    let waiting = tokio::spawn(async move { handle.result().await });
    tokio::task::yield_now().await;
    engine.shutdown().await.unwrap();
    assert!(matches!(waiting.await.unwrap(), Err(Error::Closed { .. })));
}

#[tokio::test]
async fn a_store_may_be_opened_by_one_engine_at_a_time() {
    for place in Place::each() {
        let first = place.open(&Door::open()).await;
        let second = place.open_with(Engine::builder().state(Door::open())).await;
        let error = second.unwrap_err();
        assert!(error.to_string().contains("in use by process"), "{error}");
        drop(first);
        place.open(&Door::open()).await;
    }
}

#[test]
fn an_engine_outlived_by_no_runtime_says_so() {
    let place = Place::memory();
    let door = Door::closed();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let engine = runtime.block_on(async {
        let engine = place.open(&door).await;
        engine.start("a", three_steps(1)).await.unwrap();
        door.until_came(1).await;
        engine
    });
    drop(runtime);
    let other = tokio::runtime::Runtime::new().unwrap();
    let error = other
        .block_on(engine.start("b", three_steps(1)))
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("runtime it was opened in has ended"),
        "{error}"
    );
}
