//! Refused: a chart without a start.
//! Why: a machine is created in one state.
//! Instead: `start` before it.

use undying::prelude::*;

#[rsm]
pub struct Lamp {}

#[rsm]
impl Lamp {
    chart! {
        pub enum LampState;
        Off {} //~ is it created here?
        On {}
    }
    fn new() -> Self {
        Lamp {}
    }
}

fn main() {}
