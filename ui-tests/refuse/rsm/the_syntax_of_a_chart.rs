//! Refused: what cannot be read in a chart.
//! Why: a chart is its enums, its states with their rows, and `always`.
//! Instead: see accept/rsm/a_chart.rs.

use undying::prelude::*;

#[rsm]
pub struct Lamp {}

#[rsm]
impl Lamp {
    chart! {
        pub enum LampState;
        pub enum LampEvent;
        pub enum LampThing; //~ for what?
        start start Off { //~ it is one already
            entry, //~ does what?
            Halt => goto, //~ where?
            #[inline] //~ on a row?
            _ => "off", //~ not a name
        }
        shiny On {} //~ not a word of a chart
        always { entry => begin } //~ of which state?
    }
    fn new() -> Self {
        Lamp {}
    }
}

fn main() {}
