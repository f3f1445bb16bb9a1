//! Refused: an entity that is generic.
//! Why: a stored call finds its entity by name.
//! Instead: a type for each.

use undying::prelude::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
struct Cell<T> { //~ of which type?
    value: T,
}

fn main() {}
