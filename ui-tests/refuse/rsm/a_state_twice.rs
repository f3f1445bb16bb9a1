//! Refused: a state that is there twice.
//! Why: what a state does is said in one place.
//! Instead: all of its rows in one block.

use undying::prelude::*;

#[rsm]
pub struct Lamp {}

#[rsm]
impl Lamp {
    chart! {
        pub enum LampState;
        start Off {}
        Off { //~ it is above
            Halt => ignore,
        }
    }
    fn new() -> Self {
        Lamp {}
    }
}

fn main() {}
