//! Refused: an operation that takes `self` by value.
//! Why: the entity stays after the operation.
//! Instead: `&mut self`, and `cx.delete()` (accept/entities/deleting_itself.rs).

use undying::prelude::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
struct Account {
    balance: u64,
}

#[entity]
impl Account {
    pub fn close(self) -> u64 { //~ it stays
        self.balance
    }
}

fn main() {}
