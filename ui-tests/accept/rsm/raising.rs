//! Accepted: a handler that raises an event of its own machine.
//! Why: it is handled next, before anything in the mailbox and in the same commit.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[derive(Serialize, Deserialize)]
pub struct Feed(u64);
#[derive(Serialize, Deserialize)]
pub struct Full;

#[rsm]
pub struct Cat { eaten: u64, naps: u64 }

#[rsm]
impl Cat {
    chart! {
        pub enum CatState;
        start Hungry { Feed => eat, Full => sleep }
        Asleep { Feed => eat }
    }
    fn new() -> Self { Cat { eaten: 0, naps: 0 } }
    fn eat(&mut self, Feed(more): Feed) -> Next<Self> {
        self.eaten += more;
        if self.eaten > 2 && self.naps == 0 { Next::raise(Full) } else { Next::stay() }
    }
    fn sleep(&mut self) -> Next<Self> {
        self.naps += 1;
        Next::goto(CatState::Asleep)
    }
}

#[tokio::main]
pub async fn main() -> undying::Result<()> {
    let engine = Engine::builder().state(Rates { percent: 0 }).open_in_memory().await?;
    let cat = Cat::at("tom");
    engine.create(&cat, ()).await?;
    for _ in 0..4 { engine.send(&cat, &Feed(2)).await? }
    let fields = engine.fields(&cat).await?.map(|cat| (cat.eaten, cat.naps));
    assert_eq!(fields, Some((8, 1)));
    engine.shutdown().await
}
