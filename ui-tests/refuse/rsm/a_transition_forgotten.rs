//! Refused: a transition that is not returned.
//! Why: it happens when the handler returns it, at most one of them.
//! Instead: return it.

#![deny(unused_must_use)]

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
        }
        On {}
    }
    fn new() -> Self {
        Lamp {}
    }
    fn press(&mut self) {
        Next::<Self>::goto(LampState::On); //~ nothing happens
    }
}

fn main() {}
