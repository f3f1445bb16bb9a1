//! Refused: an operation that raises an event whose value cannot be saved.
//! Why: the event waits in the store until its instance takes it.
//! Instead: raise plain data.

use std::rc::Rc;

use undying::prelude::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
struct Account {
    balance: u64,
}

#[entity]
impl Account {
    pub fn deposit(&mut self, cx: &mut EntityContext, amount: u64) {
        self.balance += amount;
        cx.raise("order-17", "paid", Rc::new(amount)); //~ cannot be saved
    }
}

fn main() {}
