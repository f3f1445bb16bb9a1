//! Refused: a monitor without `new` whose struct has no default.
//! Why: it is created by whoever tells it something first.
//! Instead: derive `Default`, or write `fn new() -> Self`.

use undying::prelude::*;

#[monitor]
pub struct Lit {}

#[monitor]
impl Lit { //~ how is it made?
    chart! {
        pub enum LitState;
        start cold Off {}
    }
}

fn main() {}
