//! Refused: an operation that is generic.
//! Why: a stored call finds its operation by name.
//! Instead: the type that is meant.

use undying::prelude::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
struct Account {
    balance: u64,
}

#[entity]
impl Account {
    pub fn deposit<T: Into<u64>>(&mut self, amount: T) { //~ of which type?
        self.balance += amount.into();
    }
    pub fn withdraw(&mut self, amount: impl Into<u64>) { //~ of which type?
        self.balance -= amount.into();
    }
}

fn main() {}
