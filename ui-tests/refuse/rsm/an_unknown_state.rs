//! Refused: going to, or pushing, a state that the chart does not have.
//! Why: a slip of the finger would be found when the event comes.
//! Instead: the name of a state.

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
        start Dark {
            Press => goto Brihgt, //~ meant is `Bright`
            Break => push Broken, //~ there is none like it
            Halt => goto Bright,
        }
        Bright {}
    }
    fn new() -> Self {
        Lamp {}
    }
}

fn main() {}
