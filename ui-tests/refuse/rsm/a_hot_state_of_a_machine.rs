//! Refused: `hot` and `cold` in a machine that is not a monitor.
//! Why: they say what a monitor thinks of a state.
//! Instead: a `#[monitor]` that is told (accept/rsm/a_monitor.rs).

use undying::prelude::*;

#[derive(Serialize, Deserialize)]
pub struct Press;

#[rsm]
pub struct Lamp {}

#[rsm]
impl Lamp {
    chart! {
        pub enum LampState;
        start cold Off { //~ for whom?
            Press => goto On,
        }
        hot On {} //~ for whom?
    }
    fn new() -> Self {
        Lamp {}
    }
}

fn main() {}
