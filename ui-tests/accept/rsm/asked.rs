//! Accepted: a question that is answered in a later event.
//! Why: where the answer is waited for can be kept, sent on, and answered once.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[derive(Serialize, Deserialize)]
pub struct Next3;
impl Question for Next3 {
    type Answer = u64;
}
#[derive(Serialize, Deserialize)]
pub struct Count;

#[rsm]
pub struct Counter { n: u64, waiting: Vec<Reply<u64>> }

#[rsm]
impl Counter {
    chart! {
        pub enum CounterState;
        start Counting { Next3 => asked, Count => count }
    }
    fn new() -> Self { Counter { n: 0, waiting: Vec::new() } }
    fn asked(&mut self, asked: Asked<Next3>) { self.waiting.push(asked.reply_to); }
    fn count(&mut self, cx: &mut Cx<Self>) {
        self.n += 1;
        if self.n == 3 { self.waiting.drain(..).for_each(|waiting| cx.reply(waiting, 3)); }
    }
}

#[tokio::main]
pub async fn main() -> undying::Result<()> {
    let engine = Engine::builder().state(Rates { percent: 0 }).open_in_memory().await?;
    let counter = Counter::at("a");
    engine.create(&counter, ()).await?;
    let counting = async { for _ in 0..3 { engine.send(&counter, &Count).await? } Ok(()) };
    let asking = async { engine.ask(&counter, &Next3).await };
    assert_eq!(tokio::try_join!(asking, counting)?, (3, ()));
    engine.shutdown().await
}
