//! Refused: a handler with more parameters than the event and the context, or with others.
//! Why: it is run for one event, which is its own.
//! Instead: `event: Press` and `cx: &mut Cx<Self>`, each optional.

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
            Halt => stop,
            _ => other,
        }
    }
    fn new() -> Self {
        Lamp {}
    }
    fn press(&mut self, _: Press, _: u64) {} //~ what is the second?
    fn begin(&mut self, _: &mut Context) {} //~ that of an orchestration
    fn other(&mut self, _: &Press) {} //~ not lent
    fn stop(&mut self, _: Cx<Self>) {} //~ lent
}

fn main() {}
