//! Refused: calling an entity that is not locked, in a critical section.
//! Why: it could be locked by somebody who waits for what is locked here.
//! Instead: lock it, too: `let (a, b) = lock((..)).await;`.

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
async fn both() -> u64 {
    let account = lock(Account::at("a")).await;
    account.add(1).await;
    Account::at("b").add(1).await //~ may be locked by who waits for `a`
}

fn main() {}
