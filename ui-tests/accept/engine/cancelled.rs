//! Accepted: cancelling an instance.
//! Why: being cancelled comes as its own error; what it had under way is cancelled with it.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn engine_cancelled(n: u64) -> Result<u64, Declined> {
    sleep(days(3)).await;
    Ok(n)
}

#[tokio::main]
pub async fn main() -> undying::Result<()> {
    let engine = Engine::builder()
        .state(Rates { percent: 19 })
        .open_in_memory()
        .await?;
    let handle = engine.start("order-17", engine_cancelled(1)).await?;
    handle.cancel().await?;
    let cancelled = handle.result().await?;
    assert!(matches!(
        cancelled,
        Err(Declined::Failed(Failure::Cancelled { .. }))
    ));
    engine.shutdown().await
}
