//! Refused: a state that nothing leads to.
//! Why: no row of a state that is entered goes there, and no handler of one names it.
//! Instead: a row or a handler that leads there.

use undying::prelude::*;

#[rsm]
pub struct Lamp {}

#[rsm]
impl Lamp {
    chart! {
        pub enum LampState;
        start Off {
            Halt => press,
        }
        On {}
        Broken { Halt => goto Lost } //~ only `Lost` leads here
        Lost { Halt => goto Broken } //~ only `Broken` leads here
    }
    fn new() -> Self {
        Lamp {}
    }
    fn press(&mut self) -> Next<Self> {
        Next::goto(LampState::On)
    }
}

fn main() {}
