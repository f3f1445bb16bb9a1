//! Refused: a client's request that is not awaited, by the lint `unused_must_use`.
//! Why: until then nothing is asked, so that it can be given an idempotency key.
//! Instead: `engine.call(..).await?`.

#![deny(unused_must_use)]

use undying::prelude::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
struct Account {
    balance: u64,
}

#[entity]
impl Account {
    pub fn deposit(&mut self, amount: u64) -> u64 {
        self.balance += amount;
        self.balance
    }
}

async fn pay(engine: &Engine) {
    engine.call(Account::at("alice").deposit(5)).idempotency_key("sale-17"); //~ not awaited
}

fn main() {}
