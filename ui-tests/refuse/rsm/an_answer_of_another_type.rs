//! Refused: answering a question with something else than it asks for.
//! Why: whoever asks has the type of the answer from the question.
//! Instead: the question's `Answer`, to `asked.reply_to` (accept/rsm/asked.rs).

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
        start Off {
            IsLit => is_lit,
        }
    }
    fn new() -> Self {
        Lamp {}
    }
    fn is_lit(&mut self, asked: Asked<IsLit>, cx: &mut Cx<Self>) {
        cx.reply(asked.reply_to, "yes"); //~ a `bool` is meant
    }
}

fn main() {}
