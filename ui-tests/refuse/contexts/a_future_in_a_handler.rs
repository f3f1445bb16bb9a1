//! Refused: a future that is not durable in a handler of a machine.
//! Why: it cannot be saved with the machine.
//! Instead: an activity (accept/rsm/an_async_handler.rs).

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
        std::future::ready(()).await; //~ an activity's business
    }
}

fn main() {}
