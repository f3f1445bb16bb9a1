//! Refused: an annotated method of a trait.
//! Why: a trait cannot hold the items that the attribute writes.
//! Instead: return a call: `fn fee(&self) -> impl Durable<InOrchestration, Output = u64>`
//! (accept/functions/behind_a_trait.rs).

use undying::prelude::*;

trait Carrier {
    #[activity]
    async fn fee(n: u64) -> u64; //~ of which type?
}

fn main() {}
