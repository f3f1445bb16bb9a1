//! Refused: an operation that waits for a task.
//! Why: a task hides what it waits for; it could be this very entity.
//! Instead: await the call itself.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
struct Account {
    balance: u64,
}

#[entity]
impl Account {
    pub async fn refill(&mut self) {
        let more = add(1, 2).spawn().await;
        self.balance += more.await; //~ hides what it waits for
    }
}

fn main() {}
