//! Accepted: a handler that waits for an orchestration.
//! Why: killed meanwhile, it goes on where it was; the machine's other events wait in the mailbox.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn priced(items: Vec<Item>) -> u64 {
    join_all(items.into_iter().map(price)).await.iter().sum()
}

#[derive(Serialize, Deserialize)]
pub struct Worth(Vec<Item>);
impl Question for Worth {
    type Answer = u64;
}

#[rsm]
pub struct Shelf {}

#[rsm]
impl Shelf {
    chart! { pub enum ShelfState; start Full { Worth => worth } }
    fn new() -> Self { Shelf {} }
    async fn worth(&mut self, asked: Asked<Worth>, cx: &mut Cx<Self>) {
        let worth = priced(asked.event.0.clone()).await;
        cx.reply(asked.reply_to, worth);
    }
}

#[tokio::main]
pub async fn main() -> undying::Result<()> {
    let engine = Engine::builder().state(Rates { percent: 0 }).open_in_memory().await?;
    engine.create(&Shelf::at("a"), ()).await?;
    let items = vec![Item::Tea, Item::Cup];
    assert_eq!(engine.ask(&Shelf::at("a"), &Worth(items)).await?, 10);
    engine.shutdown().await
}
