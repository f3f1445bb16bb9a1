//! Refused: a handler that does not take `&mut self`.
//! Why: it works on its machine.
//! Instead: `&mut self`, also where nothing is changed.

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
            entry => begin,
            Press => press,
        }
    }
    fn new() -> Self {
        Lamp {}
    }
    fn begin() {} //~ of which machine?
    fn press(&self) {} //~ `&mut` is missing
}

fn main() {}
