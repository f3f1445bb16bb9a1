//! Refused: an `async` operation called as a method of the type.
//! Why: it waits for durable things, which only an entity can do.
//! Instead: the call of the reference: `Account::at(key).pay(5)`.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
struct Account {
    balance: u64,
}

#[entity]
impl Account {
    pub async fn refill(&mut self) {
        self.balance = add(self.balance, 1).await;
    }
    pub fn spend(&mut self) {
        self.refill(); //~ only an entity can wait
    }
}

fn main() {}
