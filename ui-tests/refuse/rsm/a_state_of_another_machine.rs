//! Refused: going to a state of another machine.
//! Why: the states of a chart are an enum of their own.
//! Instead: a state of this chart; others are moved by events.

use undying::prelude::*;

#[derive(Serialize, Deserialize)]
pub struct Press;

pub enum DoorState {
    Open,
}

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
    fn press(&mut self) -> Next<Self> {
        Next::goto(DoorState::Open) //~ that of a door
    }
}

fn main() {}
