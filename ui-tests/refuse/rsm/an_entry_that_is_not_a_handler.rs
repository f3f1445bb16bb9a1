//! Refused: `entry` and `exit` that do something else than running a handler.
//! Why: nothing was sent that could be deferred, and an exit is part of a transition.
//! Instead: a handler; that of an entry may return `Next::goto(..)`.

use undying::prelude::*;

#[rsm]
pub struct Lamp {}

#[rsm]
impl Lamp {
    chart! {
        pub enum LampState;
        start Off {
            entry => goto On, //~ a handler is meant
            exit => ignore, //~ leave it out
        }
        On {}
    }
    fn new() -> Self {
        Lamp {}
    }
}

fn main() {}
