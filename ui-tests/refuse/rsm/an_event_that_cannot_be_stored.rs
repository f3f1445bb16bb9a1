//! Refused: an event that serde cannot write.
//! Why: it waits in the mailbox, which is stored.
//! Instead: derive `Serialize` and `Deserialize` for it.

use undying::prelude::*;

pub struct Press;

#[rsm]
pub struct Lamp {}

#[rsm]
impl Lamp {
    chart! {
        pub enum LampState;
        start Off {
            Press => press, //~ how is it stored?
        }
    }
    fn new() -> Self {
        Lamp {}
    }
    fn press(&mut self, _: Press) {}
}

fn main() {}
