//! Refused: a handler that returns something else than a transition.
//! Why: nobody would get it; a question is answered by `cx.reply`.
//! Instead: nothing, `Next<Self>`, or a `Result` of one of them.

use undying::prelude::*;

#[derive(Serialize, Deserialize)]
pub struct Press;

#[rsm]
pub struct Lamp {}

#[rsm]
impl Lamp {
    chart! {
        pub enum LampState;
        start Off {
            entry => begin,
            Press => press,
        }
    }
    fn new() -> Self {
        Lamp {}
    }
    fn begin(&mut self) -> u64 { //~ for whom?
        1
    }
    async fn press(&mut self) -> bool { //~ for whom?
        true
    }
}

fn main() {}
