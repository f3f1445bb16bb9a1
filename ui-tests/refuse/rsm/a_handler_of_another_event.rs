//! Refused: a handler that takes another event than its row.
//! Why: what is stored is the event of the row.
//! Instead: the event of the row, `Asked<..>` of it, or of several rows the enum of all.

use undying::prelude::*;

#[derive(Serialize, Deserialize)]
pub struct Press;
#[derive(Serialize, Deserialize)]
pub struct Break;

#[rsm]
pub struct Lamp {}

#[rsm]
impl Lamp {
    chart! {
        pub enum LampState;
        pub enum LampEvent;
        start Off {
            Press => press,
            Break => broken,
            Halt => broken,
        }
    }
    fn new() -> Self {
        Lamp {}
    }
    fn press(&mut self, _: Break) {} //~ its row is for `Press`
    fn broken(&mut self, _: Break) {} //~ it is for two events
}

fn main() {}
