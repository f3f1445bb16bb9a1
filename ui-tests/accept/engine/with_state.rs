//! Accepted: `State(x): State<T>` in an activity.
//! Why: pools, clients and configuration are not saved: each engine is given its own when it is
//! built, and one that is missing is named when it opens.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[activity]
async fn engine_taxed(amount: u64, State(rates): State<Rates>) -> u64 {
    amount + amount * rates.percent / 100
}

#[orchestration]
async fn engine_with_state(amount: u64) -> u64 {
    engine_taxed(amount).await
}

#[tokio::main]
pub async fn main() -> undying::Result<()> {
    let engine = Engine::builder()
        .state(Rates { percent: 19 })
        .open_in_memory()
        .await?;
    let handle = engine.start("order-17", engine_with_state(200)).await?;
    assert_eq!(handle.result().await?, 238);
    engine.shutdown().await
}
