//! Refused: an operation that takes `&self` and may send.
//! Why: it is answered without a commit, so nothing can leave with it.
//! Instead: `&mut self`, or `cx: &EntityContext` (accept/entities/with_options.rs).

use undying::prelude::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
struct Account {
    balance: u64,
}

#[entity]
impl Account {
    pub fn balance(&self, cx: &mut EntityContext) -> u64 { //~ nothing can be sent
        cx.delete();
        self.balance
    }
}

fn main() {}
