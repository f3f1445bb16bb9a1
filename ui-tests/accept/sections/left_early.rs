//! Accepted: leaving a critical section by `?`, `return`, `break` and `continue`.
//! Why: every way out of the block frees what was locked, so the next round can lock it again.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
pub struct Register(u64);

#[entity]
impl Register {
    pub fn put(&mut self, n: u64) {
        self.0 += n;
    }
}

#[orchestration]
async fn paid(prices: Vec<u64>) -> Result<(), Declined> {
    for price in prices {
        let till = lock(Register::at("front")).await;
        if price == 0 {
            continue;
        }
        charge(price).await?;
        till.put(price).await;
    }
    Ok(())
}

pub fn main() {
    assert_eq!(run(paid(vec![7, 0, 8, 700])), Err(Declined::NoMoney));
}
