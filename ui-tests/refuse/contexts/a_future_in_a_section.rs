//! Refused: ordinary async code in a critical section.
//! Why: a critical section is a part of its orchestration: only durable things are awaited.
//! Instead: an activity.

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
async fn waits() -> u64 {
    let account = lock(Account::at("a")).await;
    std::future::ready(()).await; //~ not durable
    account.add(1).await
}

fn main() {}
