//! Refused: a sub-orchestration in a critical section, also inside of a combinator.
//! Why: it could wait for what is locked here.
//! Instead: await it before the section, or start it: `.start_detached(id).await`.

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
async fn other(n: u64) -> u64 {
    Account::at("a").add(n).await
}

#[orchestration]
async fn waits() -> u64 {
    let account = lock(Account::at("a")).await;
    let (sum, _) = join((account.add(1), timeout(secs(1), other(2)))).await; //~ it may want `a`
    sum
}

fn main() {}
