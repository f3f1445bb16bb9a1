//! Accepted: starting an id that was started before.
//! Why: the same id is the same instance, so a client that does not know whether its start arrived
//! starts again.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn engine_the_same_id_twice(amount: u64) -> Result<Receipt, Declined> {
    charge(amount).await
}

#[tokio::main]
pub async fn main() -> undying::Result<()> {
    let engine = Engine::builder()
        .state(Rates { percent: 19 })
        .open_in_memory()
        .await?;
    let first = engine
        .start("order-17", engine_the_same_id_twice(7))
        .await?;
    let again = engine
        .start("order-17", engine_the_same_id_twice(8))
        .await?;
    assert_eq!(first.result().await?, Ok(Receipt(7)));
    assert_eq!(again.result().await?, Ok(Receipt(7)));
    engine.shutdown().await
}
