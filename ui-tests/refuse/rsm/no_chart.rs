//! Refused: a machine without a state chart.
//! Why: the chart says what is done about which event.
//! Instead: a `chart!` at the head of the `impl` (accept/rsm/a_chart.rs).

use undying::prelude::*;

#[rsm]
pub struct Lamp {}

#[rsm]
impl Lamp { //~ what does it do about events?
    fn new() -> Self {
        Lamp {}
    }
}

fn main() {}
