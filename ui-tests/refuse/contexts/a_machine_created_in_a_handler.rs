//! Refused: creating a machine, or sending to one, by awaiting it in a handler of a machine.
//! Why: a handler sends through its context, whether it waits or not.
//! Instead: `cx.create::<Lamp>(init)` and `cx.send(&lamp, event)` (accept/rsm/creating_another.rs).

use undying::prelude::*;

#[derive(Serialize, Deserialize)]
pub struct Press;

#[rsm]
pub struct Lamp {}

#[rsm]
impl Lamp {
    chart! { pub enum LampState; start Off { Press => press } }
    fn new() -> Self { Lamp {} }
    async fn press(&mut self) {
        let lamp = create::<Lamp>(()).await; //~ `cx.create`
        lamp.send(Press).await; //~ `cx.send`
    }
}

fn main() {}
