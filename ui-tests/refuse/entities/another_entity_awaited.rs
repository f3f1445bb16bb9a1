//! Refused: an operation that waits for another entity.
//! Why: entities that wait for each other would wait for ever.
//! Instead: `.signal().await`, or an orchestration that calls both (accept/entities/starting_an_orchestration.rs).

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
    pub async fn forward(&mut self, amount: u64) -> u64 {
        Account::at("bank").deposit(amount).await //~ may wait for this one
    }
}

fn main() {}
