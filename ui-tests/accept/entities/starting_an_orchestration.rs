//! Accepted: an orchestration that is started with nobody waiting for it, by an entity too.
//! Why: it takes no time, and what has to call several entities belongs in an orchestration.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
pub struct Stock(u64);

#[entity]
impl Stock {
    pub fn take(&mut self, cx: &mut EntityContext) -> u64 {
        cx.start(format!("refill-{}", cx.key()), refill(9));
        self.0
    }
    pub async fn fill(&mut self, n: u64) {
        self.0 = add(self.0, n).await;
        refill(0).start_detached("again").await;
    }
}

#[orchestration]
async fn refill(n: u64) {
    if n > 0 { Stock::at("tea").fill(n).await }
}

#[orchestration]
async fn order() -> u64 {
    Stock::at("tea").take().await
}

pub fn main() { assert_eq!(run(order()), 0); }
