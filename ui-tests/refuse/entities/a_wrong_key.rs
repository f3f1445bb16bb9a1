//! Refused: a key of another type.
//! Why: a key has the type that the entity declares, or is text.
//! Instead: a value of that type.

use undying::prelude::*;

#[entity(key = u64)]
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
    Account::at("alice").deposit(5).await //~ accounts have numbers
}

fn main() {}
