//! Refused: an `#[activate]` that takes more than `&mut self`.
//! Why: it is run after every recovery, when there is no event and nothing can be sent.
//! Instead: `#[activate] fn warm(&mut self)`.

use undying::prelude::*;

#[rsm]
pub struct Door {}

#[rsm]
impl Door {
    chart! {
        pub enum DoorState;
        start Shut {}
    }
    fn new() -> Self {
        Door {}
    }
    #[activate]
    fn warm(&mut self, _: &mut Cx<Self>) {} //~ there is no event
}

fn main() {}
