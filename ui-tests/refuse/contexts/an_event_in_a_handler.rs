//! Refused: waiting for an event in a handler of a machine.
//! Why: events come through the chart.
//! Instead: a state with a row for it.

use undying::prelude::*;

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
        event::<u64>("pressed").await; //~ a row is meant
    }
}

fn main() {}
