//! Refused: sending, or raising, an event that no state of the machine handles, defers or ignores.
//! Why: it would be an error when it arrives.
//! Instead: a row for it.

use undying::prelude::*;

#[derive(Serialize, Deserialize)]
pub struct Press;
#[derive(Serialize, Deserialize)]
pub struct Pull;

#[rsm]
pub struct Lamp {}

#[rsm]
impl Lamp {
    chart! {
        pub enum LampState;
        start Off {
            Press => press,
        }
    }
    fn new() -> Self {
        Lamp {}
    }
    fn press(&mut self, cx: &mut Cx<Self>) -> Next<Self> {
        cx.send(&cx.me(), Pull); //~ no state takes it
        Next::raise(Pull) //~ no state takes it
    }
}

fn main() {}
