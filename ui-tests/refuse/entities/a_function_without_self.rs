//! Refused: a public function without `self`.
//! Why: every public function is an operation, on an entity that exists.
//! Instead: make it private, or move it to an `impl` of its own.

use undying::prelude::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
struct Account {
    balance: u64,
}

#[entity]
impl Account {
    pub fn new(balance: u64) -> Self { //~ nobody makes entities
        Account { balance }
    }
}

fn main() {}
