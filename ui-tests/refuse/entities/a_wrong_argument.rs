//! Refused: an argument of another type.
//! Why: calls have the types of the method.
//! Instead: a value of the type that the method takes.

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
    Account::at("alice").deposit("five").await //~ a number is meant
}

fn main() {}
