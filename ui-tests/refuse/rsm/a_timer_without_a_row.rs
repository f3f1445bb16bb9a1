//! Refused: starting a timer in a machine whose chart has no `Timeout`.
//! Why: the timeout would be an event that nobody handles.
//! Instead: a row for it, `Timeout => timed_out`.

use undying::prelude::*;

#[rsm]
pub struct Lamp {}

#[rsm]
impl Lamp {
    chart! {
        pub enum LampState;
        start Off {
            entry => begin,
        }
    }
    fn new() -> Self {
        Lamp {}
    }
    fn begin(&mut self, cx: &mut Cx<Self>) {
        cx.start_timer("off", once(secs(60))); //~ what happens then?
    }
}

fn main() {}
