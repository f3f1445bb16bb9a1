//! Accepted: looking at an instance while it waits.
//! Why: where it waits has a name, and `set_status` says what it is about.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn engine_looked_at(cx: &mut Context) {
    cx.set_status("resting");
    #[resume(name = "the long rest")]
    sleep(days(3)).await;
}

#[tokio::main]
pub async fn main() -> undying::Result<()> {
    let engine = Engine::builder()
        .state(Rates { percent: 19 })
        .open_in_memory()
        .await?;
    let handle = engine.start("order-17", engine_looked_at()).await?;
    while handle.describe().await?.point.is_none() {
        tokio::task::yield_now().await;
    }
    let seen = handle.describe().await?;
    assert_eq!(seen.custom_status.as_deref(), Some("resting"));
    assert_eq!(seen.point.as_deref(), Some("the long rest"));
    engine.shutdown().await
}
