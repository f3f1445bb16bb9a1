//! Refused: an operation named `at`.
//! Why: `Account::at(key)` refers to an entity.
//! Instead: another name.

use undying::prelude::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
struct Account {
    balance: u64,
}

#[entity]
impl Account {
    pub fn at(&mut self) {} //~ that makes references
}

fn main() {}
