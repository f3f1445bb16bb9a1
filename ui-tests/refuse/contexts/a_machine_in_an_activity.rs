//! Refused: creating, sending to and asking a machine in an activity.
//! Why: an activity may run more than once; what it returns is accepted once.
//! Instead: return what is to be sent to the orchestration (accept/rsm/driven_from_elsewhere.rs).

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

#[activity]
async fn look() {
    create::<Lamp>(()).await; //~ is not a future
    Lamp::at("a").send(IsLit).await; //~ is not a future
    let _ = Lamp::at("a").ask(IsLit).await; //~ is not a future
}

fn main() {}
