//! Refused: options that a machine does not have, or in other places.
//! Why: a machine has a name, and that is its struct's.
//! Instead: `#[rsm(name = "..")]` on the struct.

use undying::prelude::*;

#[rsm(name = "lamp#1")] //~ the id would be ambiguous
pub struct Lamp {
    #[volatile(true)] //~ it is there or not
    lit: bool,
}

#[rsm(key = u64)] //~ no such option
pub struct Door {}

#[rsm(name = "door")] //~ options belong to the struct
impl Door {
    chart! {
        pub enum DoorState;
        start Shut {}
    }
    fn new() -> Self {
        Door {}
    }
    fn at(&self) {} //~ it makes addresses
    fn chart() {} //~ it gives the chart
}

#[rsm]
fn open() {} //~ neither a struct nor an `impl`

#[rsm]
impl Drop for Door {} //~ not its own methods

fn main() {}
