//! Refused: `lock(..)` awaited inside of a larger expression.
//! Why: a critical section lasts to the end of the block of its `let`.
//! Instead: `let account = lock(Account::at("a")).await;`.

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
async fn where_does_it_end() -> u64 {
    let both = (lock(Account::at("a")).await, 7); //~ and where would it end?
    both.1
}

fn main() {}
