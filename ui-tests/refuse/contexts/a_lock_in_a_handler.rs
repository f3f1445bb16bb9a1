//! Refused: a critical section in a handler of a machine.
//! Why: it would stop the mailbox while it waits, and what it waits for may wait for this machine.
//! Instead: start an orchestration that locks: `cx.start(id, call)`.

use undying::prelude::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
pub struct Vault {}

#[rsm]
pub struct Lamp {}

#[rsm]
impl Lamp {
    chart! {
        pub enum LampState;
        start Off { entry => begin }
    }
    fn new() -> Self {
        Lamp {}
    }
    async fn begin(&mut self) {
        let _held = lock(Vault::at("a")).await; //~ may wait for this one
    }
}

fn main() {}
