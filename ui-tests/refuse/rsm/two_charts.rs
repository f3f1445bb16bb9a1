//! Refused: two state charts.
//! Why: a machine is in one of the states of one chart.
//! Instead: all states in one `chart!`.

use undying::prelude::*;

#[rsm]
pub struct Lamp {}

#[rsm]
impl Lamp {
    chart! {
        pub enum LampState;
        start Off {}
    }
    chart! { //~ which of the two?
        pub enum OtherState;
        start On {}
    }
    fn new() -> Self {
        Lamp {}
    }
}

fn main() {}
