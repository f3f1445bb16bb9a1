//! Accepted: a helper that handlers of machines await inline.
//! Why: `#[resumable(rsm)]` says so, and its body is checked against that.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[resumable(rsm, orchestration)]
async fn tripled(n: u64) -> u64 {
    let twice = add(n, n).await;
    add(twice, n).await
}

#[derive(Serialize, Deserialize)]
pub struct Triple(u64);
impl Question for Triple {
    type Answer = u64;
}

#[rsm]
pub struct Tripler {}

#[rsm]
impl Tripler {
    chart! { pub enum TriplerState; start Ready { Triple => triple } }
    fn new() -> Self { Tripler {} }
    async fn triple(&mut self, asked: Asked<Triple>, cx: &mut Cx<Self>) {
        let (one, other) = join((tripled(asked.event.0), tripled(0))).await;
        cx.reply(asked.reply_to, one + other);
    }
}

#[tokio::main]
pub async fn main() -> undying::Result<()> {
    let engine = Engine::builder().state(Rates { percent: 0 }).open_in_memory().await?;
    engine.create(&Tripler::at("a"), ()).await?;
    assert_eq!(engine.ask(&Tripler::at("a"), &Triple(7)).await?, 21);
    engine.shutdown().await
}
