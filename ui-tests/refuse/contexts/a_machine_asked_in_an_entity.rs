//! Refused: asking a machine in an operation of an entity.
//! Why: the machine may wait for this very entity.
//! Instead: send it an event, and let it signal (accept/rsm/calling_an_entity.rs).

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
    chart! { pub enum LampState; start Off { IsLit => defer } }
    fn new() -> Self { Lamp {} }
}

#[entity]
#[derive(Default, Serialize, Deserialize)]
pub struct Room {}

#[entity]
impl Room {
    pub async fn look(&mut self) {
        let _ = Lamp::at("a").ask(IsLit).await; //~ may wait for this one
    }
}

fn main() {}
