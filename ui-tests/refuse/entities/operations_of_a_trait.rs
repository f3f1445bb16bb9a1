//! Refused: operations in the `impl` of a trait.
//! Why: the calls are methods of the reference, which has only its own.
//! Instead: an `impl` of the type, whose methods call the trait's.

use undying::prelude::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
struct Account {
    balance: u64,
}

trait Pays {
    fn pay(&mut self);
}

#[entity]
impl Pays for Account { //~ not its own methods
    fn pay(&mut self) {}
}

fn main() {}
