//! Refused: waiting for a timer in a handler of a machine.
//! Why: while a handler waits, the machine takes no other event.
//! Instead: `cx.start_timer(..)`, whose timeout is an event (accept/rsm/timers.rs).

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
        sleep(secs(60)).await; //~ the mailbox would stop
    }
}

fn main() {}
