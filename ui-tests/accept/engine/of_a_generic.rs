//! Accepted: starting a generic orchestration of which one type was registered.
//! Why: what is stored must find its code by name, and a generic function is one for each type.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn engine_of_a_generic<T: Persist>(value: T) -> Vec<T> {
    sleep(millis(1)).await;
    vec![value]
}

#[tokio::main]
pub async fn main() -> undying::Result<()> {
    let engine = Engine::builder()
        .state(Rates { percent: 19 })
        .register_orchestration::<EngineOfAGenericCall<u8>>("of_a_byte")
        .open_in_memory()
        .await?;
    let handle = engine.start("order-17", engine_of_a_generic(7u8)).await?;
    assert_eq!(handle.result().await?, [7]);
    assert!(
        engine
            .start("order-18", engine_of_a_generic(7u16))
            .await
            .is_err()
    );
    engine.shutdown().await
}
