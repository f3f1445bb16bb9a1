//! `#[undying::test]`: one test, its engine and its clock on one thread.

use std::panic::catch_unwind;
use std::time::{Duration, Instant};

use undying::Status;
use undying::prelude::*;
use undying::testing::{self, Test, VirtualClock, assert_history};

#[activity]
async fn remind(order: String) -> String {
    format!("{order}: please pay")
}

#[orchestration]
async fn follow_up(order: String) -> u32 {
    let mut reminders = 0;
    while timeout(days(30), event::<()>("paid")).await.is_err() {
        remind(order.clone()).await;
        reminders += 1;
    }
    reminders
}

#[orchestration]
async fn month() -> u32 {
    sleep(days(30)).await;
    30
}

#[undying::test]
async fn a_sleep_of_thirty_days_is_over_at_once(
    engine: Engine,
    clock: VirtualClock,
) -> undying::Result<()> {
    let (began, really) = (clock.now(), Instant::now());
    let days = engine.start("may", month()).await?.result().await?;
    assert_eq!((days, clock.now()), (30, began + undying::days(30)));
    assert!(really.elapsed() < Duration::from_secs(60));
    Ok(())
}

#[undying::test]
async fn the_clock_stops_where_the_test_says(
    engine: Engine,
    clock: VirtualClock,
) -> undying::Result<()> {
    let handle = engine.start("1", follow_up("order-17".to_owned())).await?;
    clock.advance(days(70)).await;
    assert_eq!(handle.status().await?, Status::Running);
    handle.raise("paid", &()).await?;
    assert_eq!(handle.result().await?, 2);
    Ok(())
}

#[undying::test]
async fn a_crash_leaves_what_was_durable_to_the_next_engine(test: Test) -> undying::Result<()> {
    let engine = test.open(Engine::builder()).await?;
    let handle = engine.start("1", follow_up("order-17".to_owned())).await?;
    test.clock().advance(days(40)).await;
    test.crash();
    assert!(matches!(
        handle.status().await,
        Err(undying::Error::Closed { .. })
    ));

    let engine = test.open(Engine::builder()).await?;
    let handle = engine.get::<FollowUpCall>("1").await?;
    handle.raise("paid", &()).await?;
    assert_eq!(handle.result().await?, 1);
    Ok(())
}

#[undying::test]
async fn an_engine_that_was_shut_down_is_opened_again(test: Test) -> undying::Result<()> {
    for life in 0..3 {
        let engine = test.open(Engine::builder()).await?;
        assert_eq!(engine.start("1", month()).await?.result().await?, 30);
        assert_eq!(
            engine
                .list(undying::Filter::default())
                .await?
                .instances
                .len(),
            1,
            "{life}"
        );
        engine.shutdown().await?;
        drop(engine);
    }
    Ok(())
}

#[undying::test]
async fn what_is_spawned_on_the_runtime_goes_on(engine: Engine) -> undying::Result<()> {
    let other = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(1)).await;
        engine.start("1", month()).await?.result().await
    });
    assert_eq!(other.await.unwrap()?, 30);
    Ok(())
}

#[undying::test]
#[should_panic(expected = "out of paper")]
async fn a_panic_of_the_test_is_the_panic_of_the_test() {
    panic!("out of paper")
}

#[undying::test]
async fn the_history_of_an_instance_is_asserted(engine: Engine) -> undying::Result<()> {
    let handle = engine.start("1", follow_up("order-17".to_owned())).await?;
    engine.raise("1", "paid", &()).await?;
    handle.result().await?;
    let history = engine.history("1").await?;
    assert_history(
        &history,
        &[
            "started by a client",
            "#0 waits for the event `paid`",
            "#1 sleeps",
            "..",
            "completed",
        ],
    );
    let message = catch_unwind(|| assert_history(&history, &["started", "..", "failed"]));
    let message = *message.unwrap_err().downcast::<String>().unwrap();
    assert!(
        message.contains("- failed\n+ #0 waits for the event `paid`\n"),
        "{message}"
    );
    Ok(())
}

#[test]
fn a_test_that_waits_for_what_nobody_does_ends_and_says_so() {
    let ended = catch_unwind(|| {
        testing::run(async |test| {
            let engine = test.open(Engine::builder()).await.unwrap();
            let forever = engine.start("1", waits_for_nobody()).await.unwrap();
            forever.result().await.unwrap()
        })
    });
    let message = *ended.unwrap_err().downcast::<String>().unwrap();
    assert!(
        message.contains("it waits for something that nobody is going to do"),
        "{message}"
    );
}

#[orchestration]
async fn waits_for_nobody() {
    event::<()>("never").await
}
