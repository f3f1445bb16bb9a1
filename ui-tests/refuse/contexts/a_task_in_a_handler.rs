//! Refused: waiting for a task in a handler of a machine.
//! Why: a task hides what it waits for; it could be this very machine.
//! Instead: await the call itself.

use undying::prelude::*;
use undying_ui_tests::shop::*;

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
        let sum = add(1, 2).spawn().await;
        sum.await; //~ hides what it waits for
    }
}

fn main() {}
