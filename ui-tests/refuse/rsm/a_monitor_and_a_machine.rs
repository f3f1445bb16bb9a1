//! Refused: an `#[rsm]` whose struct is a `#[monitor]`.
//! Why: it is one or the other.
//! Instead: the same on both.

use undying::prelude::*;

#[monitor]
pub struct Lit {}

#[rsm] //~ and what is `Lit`?
impl Lit {
    chart! {
        pub enum LitState;
        start Off {}
    }
    fn new() -> Self {
        Lit {}
    }
}

fn main() {}
