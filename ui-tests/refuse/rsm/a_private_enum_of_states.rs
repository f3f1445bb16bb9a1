//! Refused: states that are more private than their machine.
//! Why: whoever sees the machine sees where it is.
//! Instead: `pub enum LampState;`.

use undying::prelude::*;

#[rsm]
pub struct Lamp {}

#[rsm]
impl Lamp {
    chart! {
        enum LampState; //~ `Lamp` is public
        start Off {}
    }
    fn new() -> Self {
        Lamp {}
    }
}

fn main() {}
