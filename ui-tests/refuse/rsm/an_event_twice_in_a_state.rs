//! Refused: two rows for one event in one state.
//! Why: which of the two is meant?
//! Instead: one handler that decides.

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
            Press => goto Off,
            Press => ignore, //~ it has a row
        }
        always {
            Press => halt,
            Press => defer, //~ here, too
        }
    }
    fn new() -> Self {
        Lamp {}
    }
}

fn main() {}
