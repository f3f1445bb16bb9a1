//! Refused: a critical section inside of another one.
//! Why: two instances that lock the same entities in different orders would wait for each other.
//! Instead: lock all at once: `let (a, b) = lock((..)).await;`.

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
async fn nested() -> u64 {
    let account = lock(Account::at("a")).await;
    let other = lock(Account::at("b")).await; //~ they do not nest
    account.add(1).await + other.add(1).await
}

fn main() {}
