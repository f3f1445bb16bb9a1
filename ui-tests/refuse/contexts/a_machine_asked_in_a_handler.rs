//! Refused: asking another machine, and waiting for it in a handler of a machine.
//! Why: it may wait for this one, and both would wait for ever.
//! Instead: send it an event, and let it send one back.

use undying::prelude::*;

#[derive(Serialize, Deserialize)]
pub struct IsLit;
impl Question for IsLit {
    type Answer = bool;
}

#[rsm]
pub struct Lamp {}

#[rsm]
impl Lamp {
    chart! {
        pub enum LampState;
        start Off { entry => begin, IsLit => defer }
    }
    fn new() -> Self {
        Lamp {}
    }
    async fn begin(&mut self) {
        let _ = Lamp::at("other").ask(IsLit).await; //~ may wait for this one
    }
}

fn main() {}
