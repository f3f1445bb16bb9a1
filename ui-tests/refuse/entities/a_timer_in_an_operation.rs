//! Refused: a timer in an operation.
//! Why: while an operation waits, the entity takes no other message.
//! Instead: a signal to itself for later: `cx.signal(call.signal_after(days(1)))`.

use undying::prelude::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
struct Account {
    balance: u64,
}

#[entity]
impl Account {
    pub fn deposit(&mut self, amount: u64) -> u64 {
        self.balance += amount;
        self.balance
    }
    pub async fn later(&mut self, amount: u64) {
        sleep(days(1)).await; //~ nothing else would run for a day
        self.balance += amount;
    }
}

fn main() {}
