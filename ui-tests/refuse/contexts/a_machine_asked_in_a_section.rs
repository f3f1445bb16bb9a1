//! Refused: asking a machine in a critical section.
//! Why: the machine may wait for what is locked here.
//! Instead: ask before the section, or behind it.

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

#[orchestration]
async fn look() {
    let _room = lock(Room::at("a")).await;
    let _ = Lamp::at("a").ask(IsLit).await; //~ may wait for what is held
}

fn main() {}
