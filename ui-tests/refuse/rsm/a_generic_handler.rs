//! Refused: a handler that is generic.
//! Why: its row names one function.
//! Instead: the type of the event.

use undying::prelude::*;

#[derive(Serialize, Deserialize)]
pub struct Press;

#[rsm]
pub struct Lamp {}

#[rsm]
impl Lamp {
    chart! {
        pub enum LampState;
        start Off {
            Press => press,
            Halt => stop,
        }
    }
    fn new() -> Self {
        Lamp {}
    }
    fn press<E>(&mut self, _: E) {} //~ of which type?
    fn stop(&mut self, _: impl Sized) {} //~ of which type?
}

fn main() {}
