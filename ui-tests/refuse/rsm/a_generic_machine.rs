//! Refused: a machine that is generic.
//! Why: what is stored finds its machine by name.
//! Instead: a type for each.

use undying::prelude::*;

#[rsm]
pub struct Lamp<T> { //~ of which type?
    value: T,
}

fn main() {}
