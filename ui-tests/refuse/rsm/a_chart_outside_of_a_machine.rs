//! Refused: a chart outside of the `impl` of a machine.
//! Why: a chart is read together with the handlers that it names.
//! Instead: `#[rsm]` on the `impl` (accept/rsm/a_chart.rs).

use undying::prelude::*;

#[rsm]
pub struct Lamp {}

impl Lamp {
    chart! { //~ nobody reads it
        pub enum LampState;
        start Off {}
    }
}

fn main() {}
