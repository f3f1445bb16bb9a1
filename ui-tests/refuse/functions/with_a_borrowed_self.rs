//! Refused: `&self` in a durable method.
//! Why: nothing outside owns the value while the instance sleeps.
//! Instead: `self`: it becomes an argument, stored with the instance.

use serde::{Deserialize, Serialize};
use undying::prelude::*;

#[derive(Serialize, Deserialize)]
struct Cart;

#[undying::methods]
impl Cart {
    #[orchestration]
    async fn settle(&self, tip: u64) -> u64 { //~ lent by whom?
        tip
    }
}

fn main() {}
