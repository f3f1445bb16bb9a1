//! Refused: raising an event of an orchestration by awaiting it in a handler of a machine.
//! Why: a handler sends through its context, whether it waits or not.
//! Instead: `cx.raise(id, name, value)` (accept/rsm/starting_an_orchestration.rs).

use undying::prelude::*;

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
        raise("order-17", "lit", true).await; //~ `cx.raise`
    }
}

fn main() {}
