//! Refused: an operation with a parameter that borrows.
//! Why: the call is saved until the entity takes it.
//! Instead: an owned value.

use undying::prelude::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
struct Account {
    balance: u64,
}

#[entity]
impl Account {
    pub fn rename(&mut self, name: &str) { //~ whose is it tomorrow?
        self.balance = name.len() as u64;
    }
}

fn main() {}
