//! Refused: a call of a private method.
//! Why: only public methods are operations; a private one is a part of them.
//! Instead: make it `pub`.

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
    fn double(&mut self) {
        self.balance *= 2;
    }
}

#[orchestration]
async fn pay() {
    Account::at("alice").double().await; //~ not an operation
}

fn main() {}
