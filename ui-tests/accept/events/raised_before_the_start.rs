//! Accepted: an event that a client raises before it starts the instance.
//! Why: who raises it may come first; without `early` a mistyped id would go unnoticed.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn events_guest() -> String {
    event::<String>("name").await
}

#[tokio::main]
pub async fn main() -> undying::Result<()> {
    let engine = Engine::builder()
        .state(Rates { percent: 19 })
        .open_in_memory()
        .await?;
    let name = "Ada".to_owned();
    assert!(engine.raise("guest-1", "name", &name).await.is_err());
    engine.raise("guest-1", "name", &name).early().await?;
    let guest = engine.start("guest-1", events_guest()).await?;
    assert_eq!(guest.result().await?, "Ada");
    engine.shutdown().await
}
