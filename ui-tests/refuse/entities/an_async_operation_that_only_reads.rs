//! Refused: an `async` operation that takes `&self`.
//! Why: what only reads is answered at once, from the state as it is.
//! Instead: `&mut self`.

use undying::prelude::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
struct Account {
    balance: u64,
}

#[entity]
impl Account {
    pub async fn balance(&self) -> u64 { //~ it would have to wait
        self.balance
    }
}

fn main() {}
