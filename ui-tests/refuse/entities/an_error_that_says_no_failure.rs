//! Refused: an operation whose error cannot say that the engine failed.
//! Why: the operation may panic, and its caller is told by this type.
//! Instead: a variant `Failed(#[from] undying::Failure)` (accept/entities/undone_by_an_error.rs).

use undying::prelude::*;

#[derive(Serialize, Deserialize)]
struct Declined;

#[entity]
#[derive(Default, Serialize, Deserialize)]
struct Account {
    balance: u64,
}

#[entity]
impl Account {
    pub fn pay(&mut self, amount: u64) -> Result<u64, Declined> { //~ and if it panics?
        self.balance.checked_sub(amount).ok_or(Declined)
    }
}

fn main() {}
