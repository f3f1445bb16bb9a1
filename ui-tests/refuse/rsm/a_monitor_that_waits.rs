//! Refused: a monitor with an `async` handler, or one that is created with something.
//! Why: it judges what has happened, and is created by whoever tells it something first.
//! Instead: plain handlers, and no `new` at all (accept/rsm/a_monitor.rs).

use undying::prelude::*;

#[derive(Serialize, Deserialize)]
pub struct Press;

#[monitor]
pub struct Lit {}

#[monitor]
impl Lit {
    chart! {
        pub enum LitState;
        start cold Off {
            Press => press,
        }
    }
    fn new(_: u64) -> Self { //~ of whom?
        Lit {}
    }
    async fn press(&mut self) {} //~ for what?
}

fn main() {}
