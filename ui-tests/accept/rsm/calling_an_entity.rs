//! Accepted: a handler that signals entities, and an `async` one that calls them and waits.
//! Why: an entity never waits for a machine, so the two cannot wait for each other.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
pub struct Purse(u64);

#[entity]
impl Purse {
    pub fn put(&mut self, n: u64) -> u64 { self.0 += n; self.0 }
}

#[derive(Serialize, Deserialize)]
pub struct Sell(u64);
#[derive(Serialize, Deserialize)]
pub struct Total;
impl Question for Total {
    type Answer = u64;
}

#[rsm]
pub struct Shop {}

#[rsm]
impl Shop {
    chart! { pub enum ShopState; start Open { Sell => sell, Total => total } }
    fn new() -> Self { Shop {} }
    fn sell(&mut self, Sell(n): Sell, cx: &mut Cx<Self>) { cx.signal(Purse::at("purse").put(n)); }
    async fn total(&mut self, asked: Asked<Total>, cx: &mut Cx<Self>) {
        Purse::at("purse").put(1).signal().await;
        let total = Purse::at("purse").put(0).await;
        cx.reply(asked.reply_to, total);
    }
}

#[tokio::main]
pub async fn main() -> undying::Result<()> {
    let engine = Engine::builder().state(Rates { percent: 0 }).open_in_memory().await?;
    engine.create(&Shop::at("a"), ()).await?;
    engine.send(&Shop::at("a"), &Sell(7)).await?;
    assert_eq!(engine.ask(&Shop::at("a"), &Total).await?, 8);
    engine.shutdown().await
}
