//! Refused: locking something that is no reference to an entity.
//! Why: entities are locked, by reference.
//! Instead: a reference: `lock(Account::at("a"))`.

use undying::prelude::*;

#[orchestration]
async fn locked() -> u64 {
    let number = lock(7u64).await; //~ a number
    number
}

fn main() {}
