//! Refused: a handler that takes one of several events, in a chart that does not name their enum.
//! Why: which one it is has to be said by a type.
//! Instead: `pub enum LampEvent;` in the chart (accept/rsm/a_handler_of_several_events.rs).

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
            Press => other,
            _ => other,
        }
    }
    fn new() -> Self {
        Lamp {}
    }
    fn begin(&mut self, _: Option<Press>) {} //~ or another one
    fn other(&mut self, _: Press) {} //~ or another one
}

fn main() {}
