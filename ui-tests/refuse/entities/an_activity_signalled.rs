//! Refused: a signal that is not a call of an entity.
//! Why: an activity has no mailbox, and nobody would run it.
//! Instead: await it, in an `async` operation.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
struct Account {
    balance: u64,
}

#[entity]
impl Account {
    pub fn refill(&mut self, cx: &mut EntityContext) {
        cx.signal(add(self.balance, 1)); //~ not an entity's
    }
}

fn main() {}
