//! Refused: a call of an operation that does not exist.
//! Why: the operations are methods of the reference.
//! Instead: the name of an operation.

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

#[orchestration]
async fn pay() -> u64 {
    Account::at("alice").deposits(5).await //~ no such operation
}

fn main() {}
