//! Refused: a future that is not durable in an operation.
//! Why: it cannot be saved with the entity.
//! Instead: an activity (accept/entities/waiting_for_an_activity.rs).

use undying::prelude::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
struct Account {
    balance: u64,
}

#[entity]
impl Account {
    pub async fn refill(&mut self) {
        self.balance += std::future::ready(1u64).await; //~ an activity's business
    }
}

fn main() {}
