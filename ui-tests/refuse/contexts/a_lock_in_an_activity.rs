//! Refused: a critical section in an activity.
//! Why: an activity may run more than once and is not saved; only durable functions wait for durable things.
//! Instead: lock it in the orchestration, and await the activity in the section.

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

#[activity]
async fn locked() {
    let _account = lock(Account::at("a")).await; //~ an activity owns nothing durable
}

fn main() {}
