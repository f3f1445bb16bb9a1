//! Accepted: an activity that panics.
//! Why: the engine says so in the activity's own error type: `Failed(#[from] undying::Failure)`.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[activity]
async fn dividing(a: u64, b: u64) -> Result<u64, Declined> {
    Ok(a / b)
}

#[orchestration]
async fn engine_when_an_activity_panics(n: u64) -> bool {
    let by_zero = dividing(n, 0).await;
    matches!(by_zero, Err(Declined::Failed(Failure::Panicked { .. })))
}

#[tokio::main]
pub async fn main() -> undying::Result<()> {
    let engine = Engine::builder()
        .state(Rates { percent: 19 })
        .open_in_memory()
        .await?;
    let handle = engine
        .start("order-17", engine_when_an_activity_panics(1))
        .await?;
    assert!(handle.result().await?);
    engine.shutdown().await
}
