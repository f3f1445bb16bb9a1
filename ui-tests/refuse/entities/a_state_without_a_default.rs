//! Refused: a state that has no default.
//! Why: an entity exists before anybody has used it.
//! Instead: derive `Default` (accept/entities/called.rs).

use undying::prelude::*;

#[entity]
#[derive(Serialize, Deserialize)]
struct Account { //~ what is it before it is used?
    balance: u64,
}

fn main() {}
