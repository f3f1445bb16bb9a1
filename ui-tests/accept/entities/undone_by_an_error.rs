//! Accepted: an operation that changes the state and then returns an `Err`.
//! Why: what it changed is undone; `#[entity(keep_on_error)]` on the type keeps it.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
pub struct Wallet(u64);

#[entity]
impl Wallet {
    pub async fn pay(&mut self, amount: u64) -> Result<u64, Declined> {
        self.0 += amount;
        charge(amount).await?;
        Ok(self.0)
    }
    pub fn spent(&self) -> u64 {
        self.0
    }
}

#[orchestration]
async fn shopping() -> (Result<u64, Declined>, u64) {
    let wallet = Wallet::at("anna");
    wallet.pay(30).await.ok();
    (wallet.pay(1_000).await, wallet.spent().await)
}

pub fn main() {
    assert_eq!(run(shopping()), (Err(Declined::NoMoney), 30));
}
