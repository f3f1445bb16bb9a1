//! Refused: an operation that waits for an orchestration.
//! Why: it may take days, and may call this very entity.
//! Instead: `.start_detached(id).await` (accept/entities/starting_an_orchestration.rs).

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn collect() -> u64 {
    add(1, 2).await
}

#[entity]
#[derive(Default, Serialize, Deserialize)]
struct Account {
    balance: u64,
}

#[entity]
impl Account {
    pub async fn refill(&mut self) {
        self.balance += collect().await; //~ may wait for this one
    }
}

fn main() {}
