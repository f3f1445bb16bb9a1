//! Refused: a `default` that defers or ignores.
//! Why: it is for when there is nothing that could be taken.
//! Instead: no `default`, and the machine waits.

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
            Press => goto On,
            default => defer, //~ what?
        }
        On {
            default => ignore, //~ what?
        }
    }
    fn new() -> Self {
        Lamp {}
    }
}

fn main() {}
