//! Refused: a call of an entity in an activity.
//! Why: an activity may run more than once and is not saved; only durable functions wait for durable things.
//! Instead: await it in the orchestration, before or after the activity.

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
async fn both(n: u64) -> u64 {
    Account::at("a").add(n).await //~ would be done once for every attempt
}

fn main() {}
