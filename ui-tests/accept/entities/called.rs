//! Accepted: operations of an entity that are called and waited for.
//! Why: the methods of `Counter::at(key)` are calls; `.await` gives what the method returns.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
pub struct Counter(u64);

#[entity]
impl Counter {
    pub fn add(&mut self, n: u64) -> u64 {
        self.0 += n;
        self.0
    }
    pub fn count(&self) -> u64 {
        self.0
    }
}

#[orchestration]
async fn counted(n: u64) -> (u64, u64) {
    let visits = Counter::at("visits");
    visits.add(n).await;
    let (sum, other) = join((visits.add(1), Counter::at("other").count())).await;
    (sum + add(n, 0).await, other)
}

pub fn main() {
    assert_eq!(run(counted(7)), (15, 0));
}
