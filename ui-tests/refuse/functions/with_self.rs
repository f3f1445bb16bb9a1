//! Refused: `self` in a method that is annotated alone.
//! Why: an attribute on a method does not see which type it is a method of.
//! Instead: `#[undying::methods]` on the impl (accept/functions/as_a_method.rs).

use undying::prelude::*;

struct Cart;

impl Cart {
    #[orchestration]
    async fn settle(self, tip: u64) -> u64 { //~ whose?
        tip
    }
}

fn main() {}
