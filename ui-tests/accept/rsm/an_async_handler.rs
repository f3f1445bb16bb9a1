//! Accepted: a handler that waits for activities.
//! Why: killed meanwhile, it goes on where it was; the machine's other events wait in the mailbox.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[derive(Serialize, Deserialize)]
pub struct Buy(Item);
#[derive(Serialize, Deserialize)]
pub struct Pay;
impl Question for Pay {
    type Answer = u64;
}

#[rsm]
pub struct Basket { sum: u64 }

#[rsm]
impl Basket {
    chart! {
        pub enum BasketState;
        start Open { Buy => buy, Pay => pay }
        Closed {}
    }
    fn new() -> Self { Basket { sum: 0 } }
    async fn buy(&mut self, cx: &mut Cx<Self>, Buy(item): Buy) -> Result<Next<Self>, Declined> {
        let held = reserve(item).await?;
        self.sum += price(held.0).await;
        assert_eq!(cx.state(), BasketState::Open);
        Ok(Next::stay())
    }
    async fn pay(&mut self, asked: Asked<Pay>, cx: &mut Cx<Self>) -> Next<Self> {
        let paid = charge(self.sum).await.map_or(0, |receipt| receipt.0);
        cx.reply(asked.reply_to, paid);
        Next::goto(BasketState::Closed)
    }
}

#[tokio::main]
pub async fn main() -> undying::Result<()> {
    let engine = Engine::builder().state(Rates { percent: 0 }).open_in_memory().await?;
    let basket = Basket::at("alice");
    engine.create(&basket, ()).await?;
    engine.send(&basket, &Buy(Item::Tea)).await?;
    engine.send(&basket, &Buy(Item::Cup)).await?;
    assert_eq!(engine.ask(&basket, &Pay).await?, 10);
    engine.shutdown().await
}
