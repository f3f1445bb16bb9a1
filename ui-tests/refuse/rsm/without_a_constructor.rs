//! Refused: a machine without `new`, or with one that does not make it of one value.
//! Why: `new` says what a machine is created with.
//! Instead: `fn new(init: Init) -> Self`, `fn new(init: Init, cx: &mut Cx<Self>) -> Self` or `fn new() -> Self`.

use undying::prelude::*;

#[rsm]
pub struct Lamp {}

#[rsm]
impl Lamp { //~ how is it made?
    chart! {
        pub enum LampState;
        start Off {}
    }
}

#[rsm]
pub struct Door {}

#[rsm]
impl Door {
    chart! {
        pub enum DoorState;
        start Shut {}
    }
    fn new(_: u64, _: u64) -> Self { //~ of two values
        Door {}
    }
}

fn main() {}
