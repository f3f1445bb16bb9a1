//! Refused: two states in which a machine is created.
//! Why: it is in one state at a time.
//! Instead: one `start`; its `entry` handler may go to the other.

use undying::prelude::*;

#[rsm]
pub struct Lamp {}

#[rsm]
impl Lamp {
    chart! {
        pub enum LampState;
        start Off {}
        start On {} //~ or here?
    }
    fn new() -> Self {
        Lamp {}
    }
}

fn main() {}
