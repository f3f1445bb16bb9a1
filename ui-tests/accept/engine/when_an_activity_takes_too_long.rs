//! Accepted: a timeout of each attempt.
//! Why: when the last attempt has timed out, the activity's own error says so.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[activity(timeout = "10ms")]
async fn endless(n: u64) -> Result<u64, Declined> {
    std::future::pending::<()>().await;
    Ok(n)
}

#[orchestration]
async fn engine_when_an_activity_takes_too_long(n: u64) -> bool {
    let late = endless(n).await;
    matches!(late, Err(Declined::Failed(Failure::TimedOut { .. })))
}

#[tokio::main]
pub async fn main() -> undying::Result<()> {
    let engine = Engine::builder()
        .state(Rates { percent: 19 })
        .open_in_memory()
        .await?;
    let handle = engine
        .start("order-17", engine_when_an_activity_takes_too_long(1))
        .await?;
    assert!(handle.result().await?);
    engine.shutdown().await
}
