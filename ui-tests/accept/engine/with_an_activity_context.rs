//! Accepted: a first parameter `cx: ActivityContext` in an activity.
//! Why: an attempt knows its number, whether it was cancelled, and a key that is the same for every
//! attempt of one call: give it to services that deduplicate requests.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[activity(retry(max_attempts = 3, first = "1ms"))]
async fn stubborn(cx: ActivityContext, n: u64) -> Result<(u32, bool), Failure> {
    if cx.attempt() < 3 {
        let (call, message) = ("stubborn".to_owned(), format!("not {n} times"));
        return Err(Failure::Failed { call, message });
    }
    Ok((cx.attempt(), cx.idempotency_key().is_empty()))
}

#[orchestration]
async fn engine_with_an_activity_context(n: u64) -> Result<(u32, bool), Failure> {
    stubborn(n).await
}

#[tokio::main]
pub async fn main() -> undying::Result<()> {
    let engine = Engine::builder()
        .state(Rates { percent: 19 })
        .open_in_memory()
        .await?;
    let handle = engine
        .start("order-17", engine_with_an_activity_context(1))
        .await?;
    assert_eq!(handle.result().await?, Ok((3, false)));
    engine.shutdown().await
}
