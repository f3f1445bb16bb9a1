//! Accepted: a helper that is declared for entities, awaited in an operation.
//! Why: its body is checked against the contexts it names.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[resumable(orchestration, entity)]
async fn twice(n: u64) -> u64 {
    add(add(n, 0).await, n).await
}

#[entity]
#[derive(Default, Serialize, Deserialize)]
pub struct Doubler(u64);

#[entity]
impl Doubler {
    pub async fn double(&mut self, n: u64) -> u64 {
        self.0 += twice(n).await;
        let (a, b) = join((twice(self.0), add(n, n))).await;
        a + b
    }
}

#[orchestration]
async fn doubled(n: u64) -> u64 {
    Doubler::at("it").double(n).await
}

pub fn main() {
    assert_eq!(run(doubled(5)), 30);
}
