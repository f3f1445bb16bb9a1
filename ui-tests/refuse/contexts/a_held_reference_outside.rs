//! Refused: a locked reference behind the block in which it was locked.
//! Why: the section ends with its block, and the entity is free from there on.
//! Instead: `Account::at("a")`, a reference of its own.

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
async fn escaped() -> u64 {
    let kept = {
        let account = lock(Account::at("a")).await;
        account
    };
    kept.add(1).await //~ it is free again
}

fn main() {}
