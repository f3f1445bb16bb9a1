//! Refused: a critical section in an operation of an entity.
//! Why: it would stop the mailbox while it waits, and entities that wait for each other could wait for ever.
//! Instead: start an orchestration that locks them: `cx.start(id, call)`.

use undying::prelude::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
pub struct Account(u64);

#[entity]
impl Account {
    pub async fn alone(&mut self) {
        let _other = lock(Account::at("b")).await; //~ may wait for this one
    }
}

fn main() {}
