//! Refused: two rows for `entry`, `exit`, `_` or `default` in one state.
//! Why: which of the two is meant?
//! Instead: one handler that calls what is to be done.

use undying::prelude::*;

#[rsm]
pub struct Lamp {}

#[rsm]
impl Lamp {
    chart! {
        pub enum LampState;
        start Off {
            entry => glow,
            entry => glow, //~ once more
            exit => glow,
            exit => glow, //~ once more
            _ => ignore,
            _ => defer, //~ once more
            default => glow,
            default => halt, //~ once more
        }
    }
    fn new() -> Self {
        Lamp {}
    }
    fn glow(&mut self) {}
}

fn main() {}
