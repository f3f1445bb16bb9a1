//! Refused: signalling an entity in the critical section that has it locked.
//! Why: it would be served in the section or behind it, and nobody could tell which.
//! Instead: `account.add(1).await`; other entities may be signalled.

use undying::prelude::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
pub struct Account(u64);

#[entity]
impl Account {
    pub fn add(&mut self, n: u64) -> u64 {
        self.0 += n;
        self.0
    }
}

#[orchestration]
async fn told() {
    let account = lock(Account::at("a")).await;
    account.add(1).signal().await; //~ it is locked here
}

fn main() {}
