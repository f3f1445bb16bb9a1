//! Accepted: a request of a client that is asked again with its idempotency key.
//! Why: an answer may be lost, to a crash say; what the key stands for is done once.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
pub struct CashDesk(u64);

#[entity]
impl CashDesk {
    pub fn put(&mut self, n: u64) -> u64 {
        self.0 += n;
        self.0
    }
}

#[tokio::main]
pub async fn main() -> undying::Result<()> {
    let engine = Engine::builder().state(Rates { percent: 19 }).open_in_memory().await?;
    for _ in 0..2 {
        let put = engine.call(CashDesk::at("front").put(5));
        assert_eq!(put.idempotency_key("sale-17").await?, 5);
    }
    engine.shutdown().await
}
