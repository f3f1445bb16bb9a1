//! Accepted: entities that are locked to the end of a block.
//! Why: nobody else is served by them in between; the lock outlives the process.

use undying::prelude::*;
use undying_ui_tests::run;

#[entity]
#[derive(Default, Serialize, Deserialize)]
pub struct Vault(u64);

#[entity]
impl Vault {
    pub fn add(&mut self, n: u64) -> u64 {
        self.0 += n;
        self.0
    }
}

#[orchestration]
async fn moved(n: u64) -> (u64, u64) {
    let (from, to) = lock((Vault::at("a"), Vault::at("b"))).await;
    from.add(n).await;
    let sums = join((from.add(1), to.add(n))).await;
    sums // here both are free again
}

pub fn main() {
    assert_eq!(run(moved(4)), (5, 4));
}
