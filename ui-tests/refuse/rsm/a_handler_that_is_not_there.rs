//! Refused: a row that names no method of this `impl`.
//! Why: the chart and its handlers are read together.
//! Instead: a method of the `impl` with the chart, which may call any other.

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
            entry => explode, //~ there is none like it
            Press => swich, //~ meant is `switch`
        }
    }
    fn new() -> Self {
        Lamp {}
    }
    fn switch(&mut self) {}
}

fn main() {}
