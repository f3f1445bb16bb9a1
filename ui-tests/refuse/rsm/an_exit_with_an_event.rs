//! Refused: an exit action that takes an event, or returns a transition.
//! Why: it runs on every way out of its state, and is part of a transition already (P# rule 6).
//! Instead: `fn end(&mut self)`; what it needs of the event is kept in a field.

use undying::prelude::*;

#[rsm]
pub struct Lamp {}

#[rsm]
impl Lamp {
    chart! {
        pub enum LampState;
        start Off {
            exit => end,
            Halt => goto On,
        }
        On {
            exit => stop,
        }
    }
    fn new() -> Self {
        Lamp {}
    }
    fn end(&mut self, _: Halt) {} //~ which event?
    fn stop(&mut self) -> Next<Self> { //~ which transition?
        Next::halt()
    }
}

fn main() {}
