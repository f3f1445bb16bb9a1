//! Refused: a second `#[activate]`.
//! Why: it is run after every recovery, and which of two would come first?
//! Instead: one that calls the other.

use undying::prelude::*;

#[rsm]
pub struct Lamp {}

#[rsm]
impl Lamp {
    chart! {
        pub enum LampState;
        start Off {}
    }
    fn new() -> Self {
        Lamp {}
    }
    #[activate]
    fn warm(&mut self) {}
    #[activate] //~ there is one
    fn warmer(&mut self) {}
}

fn main() {}
