//! Accepted: a machine that starts an orchestration and raises an event of it.
//! Why: what waits for days, or for several things, belongs in an orchestration; nobody waits for it here.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn lend_for(days: u64) -> u64 {
    days + event::<u64>("returned").await
}

#[derive(Serialize, Deserialize)]
pub struct Lend(String);

#[rsm]
pub struct Library {}

#[rsm]
impl Library {
    chart! { pub enum LibraryState; start Open { Lend => lend, Halt => close } }
    fn new() -> Self { Library {} }
    fn lend(&mut self, Lend(who): Lend, cx: &mut Cx<Self>) {
        cx.start(who.clone(), lend_for(14));
        cx.raise(who, "returned", 3u64);
    }
    async fn close(&mut self) -> Next<Self> {
        lend_for(1).start_detached("myself").await;
        Next::halt()
    }
}

#[tokio::main]
pub async fn main() -> undying::Result<()> {
    let engine = Engine::builder().state(Rates { percent: 0 }).open_in_memory().await?;
    engine.create(&Library::at("a"), ()).await?;
    engine.send(&Library::at("a"), &Lend("alice".to_owned())).await?;
    let days = engine.start("alice", lend_for(0)).await?.result().await?;
    assert_eq!(days, 17);
    engine.shutdown().await
}
