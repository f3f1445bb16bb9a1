//! What awaiting several things promises, over a running engine.

mod common;

use std::time::Instant;

use common::{Door, Place};
use undying::prelude::*;

#[derive(Debug, Clone, PartialEq, thiserror::Error, Serialize, Deserialize)]
enum Odd {
    #[error("{0} is odd")]
    Odd(u64),
    #[error(transparent)]
    Failed(#[from] Failure),
}

#[activity]
async fn double(n: u64) -> u64 {
    n * 2
}

#[activity]
async fn never(State(door): State<Door>) -> u64 {
    door.pass().await;
    std::future::pending().await
}

#[orchestration]
async fn half(n: u64) -> Result<u64, Odd> {
    if n % 2 == 1 {
        return Err(Odd::Odd(n));
    }
    let twice = double(n / 2).await;
    Ok(twice / 2)
}

#[orchestration]
async fn quarter(n: u64) -> Result<u64, Odd> {
    let halved = half(n).await?;
    half(halved).await
}

#[orchestration]
async fn named_child(n: u64) -> Result<u64, Odd> {
    half(n).id("the child").await
}

#[orchestration]
async fn race_against_sleep() -> bool {
    matches!(race((never(), sleep(millis(20)))).await, Either::Second(()))
}

#[orchestration]
async fn timed_out() -> bool {
    timeout(millis(20), never()).await == Err(Elapsed)
}

#[orchestration]
async fn in_time(n: u64) -> Option<u64> {
    timeout(minutes(1), double(n)).await.ok()
}

#[orchestration]
async fn doubles(count: u64) -> u64 {
    let doubled = join_all((0..count).map(double).collect::<Vec<_>>()).await;
    doubled.into_iter().sum()
}

#[orchestration]
async fn halves(count: u64) -> u64 {
    let halved = join_all((0..count).map(|n| half(n * 2)).collect::<Vec<_>>()).await;
    halved.into_iter().flatten().sum()
}

#[orchestration]
async fn spawned(n: u64) -> u64 {
    let first = double(n).spawn().await;
    let second = half(n * 2).spawn().await;
    sleep(millis(5)).await;
    first.await + second.await.unwrap_or(0)
}

#[resumable]
async fn double_twice(n: u64) -> u64 {
    let once = double(n).await;
    double(once).await
}

#[orchestration]
async fn inline(n: u64) -> (u64, u64) {
    let alone = double_twice(n).await;
    let (left, right) = join((double_twice(1), double_twice(2))).await;
    (alone, left + right)
}

#[orchestration]
async fn speaks(cx: &mut Context) -> String {
    cx.set_status("half way");
    sleep(millis(1)).await;
    cx.instance_id().to_owned()
}

#[tokio::test]
async fn a_race_against_a_sleep_ends_with_the_first_and_cancels_the_other() {
    for place in Place::each() {
        let engine = place.open(&Door::open()).await;
        let handle = engine.start("a", race_against_sleep()).await.unwrap();
        assert!(handle.result().await.unwrap());
        assert_eq!(handle.describe().await.unwrap().calls_pending, 0);
    }
}

#[tokio::test]
async fn a_timeout_gives_up_the_call_and_says_elapsed() {
    for place in Place::each() {
        let begun = Instant::now();
        let engine = place.open(&Door::open()).await;
        let handle = engine.start("a", timed_out()).await.unwrap();
        assert!(handle.result().await.unwrap());
        assert!(begun.elapsed() >= millis(20), "never early");
    }
}

#[tokio::test]
async fn a_timeout_that_is_not_met_gives_the_result() {
    let engine = Place::memory().open(&Door::open()).await;
    let handle = engine.start("a", in_time(4)).await.unwrap();
    assert_eq!(handle.result().await.unwrap(), Some(8));
}

#[tokio::test]
async fn a_thousand_activities_are_joined() {
    for place in Place::each() {
        let engine = place.open(&Door::open()).await;
        let handle = engine.start("a", doubles(1_000)).await.unwrap();
        assert_eq!(handle.result().await.unwrap(), 999_000);
    }
}

#[tokio::test]
async fn a_thousand_sub_orchestrations_are_joined() {
    for place in Place::each() {
        let engine = place.open(&Door::open()).await;
        let handle = engine.start("a", halves(1_000)).await.unwrap();
        assert_eq!(handle.result().await.unwrap(), 499_500);
    }
}

#[tokio::test]
async fn a_task_runs_while_its_instance_awaits_something_else() {
    for place in Place::each() {
        let engine = place.open(&Door::open()).await;
        let handle = engine.start("a", spawned(5)).await.unwrap();
        assert_eq!(handle.result().await.unwrap(), 15);
    }
}

#[tokio::test]
async fn a_sub_orchestration_gives_its_own_error_back() {
    for place in Place::each() {
        let engine = place.open(&Door::open()).await;
        let handle = engine.start("a", quarter(6)).await.unwrap();
        assert_eq!(handle.result().await.unwrap(), Err(Odd::Odd(3)));
        let handle = engine.start("b", quarter(8)).await.unwrap();
        assert_eq!(handle.result().await.unwrap(), Ok(2));
    }
}

#[tokio::test]
async fn a_sub_orchestration_with_an_id_is_an_instance_of_that_id() {
    let engine = Place::memory().open(&Door::open()).await;
    let handle = engine.start("a", named_child(6)).await.unwrap();
    assert_eq!(handle.result().await.unwrap(), Ok(3));
    let child = engine.get::<HalfCall>("the child").await.unwrap();
    assert_eq!(child.result().await.unwrap(), Ok(3));
    assert!(child.describe().await.unwrap().parent.is_some());
}

#[tokio::test]
async fn a_helper_runs_inline_alone_and_joined() {
    for place in Place::each() {
        let engine = place.open(&Door::open()).await;
        let handle = engine.start("a", inline(3)).await.unwrap();
        assert_eq!(handle.result().await.unwrap(), (12, 12));
    }
}

#[tokio::test]
async fn an_instance_says_where_it_is() {
    let engine = Place::memory().open(&Door::open()).await;
    let handle = engine.start("a", speaks()).await.unwrap();
    assert_eq!(handle.result().await.unwrap(), "a");
    assert_eq!(
        handle.describe().await.unwrap().custom_status.as_deref(),
        Some("half way")
    );
}
