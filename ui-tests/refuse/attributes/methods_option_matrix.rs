//! Refused: every illegal use of `#[undying::methods]`, one a line.
//! Why: it stands on an inherent impl, takes no options and finds the annotated methods in it.
//! Instead: accept/functions/as_a_method.rs.

use undying::prelude::*;

struct Cart;

#[undying::methods(all)] //~ takes no options
impl Cart {
    #[activity]
    async fn one() {}
}

#[undying::methods]
impl Clone for Cart { //~ a trait's impl
    fn clone(&self) -> Self {
        Cart
    }
}

#[undying::methods]
fn alone() {} //~ no impl

fn main() {}
