//! Accepted: a generic activity, registered once for each of its types.
//! Why: as with orchestrations: what is stored must find its code by name.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[activity]
async fn doubled<T: Persist + Clone>(value: T) -> Vec<T> {
    vec![value.clone(), value]
}

#[orchestration]
async fn engine_of_a_generic_activity(n: u64) -> Vec<u64> {
    doubled(n).await
}

#[tokio::main]
pub async fn main() -> undying::Result<()> {
    let engine = Engine::builder()
        .state(Rates { percent: 19 })
        .register_activity::<DoubledCall<u64>>("doubled_u64")
        .open_in_memory()
        .await?;
    let handle = engine
        .start("order-17", engine_of_a_generic_activity(7))
        .await?;
    assert_eq!(handle.result().await?, [7, 7]);
    engine.shutdown().await
}
