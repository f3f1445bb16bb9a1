//! Refused: a helper in an operation that was not declared for entities.
//! Why: its body was only checked against the contexts it declares.
//! Instead: `#[resumable(entity)]` (accept/entities/with_a_helper.rs).

use undying::prelude::*;

#[resumable]
async fn pause(n: u64) -> u64 {
    sleep(secs(n)).await;
    n
}

#[entity]
#[derive(Default, Serialize, Deserialize)]
struct Account {
    balance: u64,
}

#[entity]
impl Account {
    pub async fn refill(&mut self) {
        self.balance += pause(1).await; //~ it sleeps
    }
}

fn main() {}
