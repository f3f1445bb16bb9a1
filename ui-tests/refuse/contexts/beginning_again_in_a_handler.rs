//! Refused: beginning again in a handler of a machine.
//! Why: a machine goes on from state to state, and its history does not grow.
//! Instead: `Next::goto(..)`; or start an orchestration.

use undying::prelude::*;

#[orchestration]
async fn other() {}

#[rsm]
pub struct Lamp {}

#[rsm]
impl Lamp {
    chart! {
        pub enum LampState;
        start Off { entry => begin }
    }
    fn new() -> Self {
        Lamp {}
    }
    async fn begin(&mut self) {
        continue_as_new(other()).await //~ only an orchestration begins again
    }
}

fn main() {}
