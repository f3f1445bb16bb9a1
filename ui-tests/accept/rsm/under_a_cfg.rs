//! Accepted: `#[cfg(..)]` on methods of a machine, on parameters and in handlers that wait.
//! Why: the chart is read with what rustc keeps.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[derive(Serialize, Deserialize)]
pub struct Weigh(u64);

#[rsm]
pub struct Weight { sum: u64 }

#[rsm]
impl Weight {
    chart! { pub enum WeightState; start Ready { Weigh => weigh } }
    #[cfg(not(any()))]
    fn new(sum: u64) -> Self { Weight { sum } }
    #[cfg(any())]
    fn new() -> Self { Weight { sum: 0 } }
    async fn weigh(&mut self, Weigh(n): Weigh, #[cfg(any())] second: Weigh) {
        #[cfg(any())]
        self.sum += nowhere().await;
        self.sum = add(self.sum, n).await;
    }
}

#[tokio::main]
pub async fn main() -> undying::Result<()> {
    let engine = Engine::builder().state(Rates { percent: 0 }).open_in_memory().await?;
    engine.create(&Weight::at("a"), 3).await?;
    engine.send(&Weight::at("a"), &Weigh(4)).await?;
    while engine.fields(&Weight::at("a")).await?.is_none_or(|weight| weight.sum != 7) {
        tokio::task::yield_now().await;
    }
    engine.shutdown().await
}
