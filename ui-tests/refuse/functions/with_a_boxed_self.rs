//! Refused: `self: Box<Self>`.
//! Why: `self` is saved with the call like any argument.
//! Instead: `self`, as in accept/functions/as_a_method.rs.

use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Cart {
    tip: u64,
}

#[undying::methods]
impl Cart {
    #[orchestration]
    async fn settle(self: Box<Self>) -> u64 { //~ boxed
        self.tip
    }
}

fn main() {}
