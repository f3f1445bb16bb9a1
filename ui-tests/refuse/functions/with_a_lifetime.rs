//! Refused: a lifetime parameter.
//! Why: nothing that an instance works on is borrowed from its caller.
//! Instead: own it.

use undying::prelude::*;

#[orchestration]
async fn listed<'a>(text: std::borrow::Cow<'a, str>) -> usize { //~ outlived by the instance
    text.len()
}

fn main() {}
