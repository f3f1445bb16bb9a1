//! Accepted: references to entities, and calls of them, that live across an `.await`.
//! Why: both are data: they can be kept, sent as arguments, and put into the state of another entity.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
pub struct Tally {
    marks: u64,
}

#[entity]
impl Tally {
    pub fn mark(&mut self, n: u64) -> u64 {
        self.marks += n;
        self.marks
    }
}

#[orchestration]
async fn votes(of: Vec<TallyRef>) -> u64 {
    let last = of[0].mark(add(1, 1).await);
    for tally in &of {
        tally.mark(1).await;
    }
    last.await
}

pub fn main() {
    let of = ["yes", "no"].map(Tally::at).to_vec();
    assert_eq!(run(votes(of)), 3);
}
