//! Accepted: a helper that works on entities which its caller has locked.
//! Why: `ChestRef<Held>` is the type of a locked reference, and the helper declares where it runs.

use undying::Held;
use undying::prelude::*;
use undying_ui_tests::run;

#[entity]
#[derive(Default, Serialize, Deserialize)]
pub struct Chest(u64);

#[entity]
impl Chest {
    pub fn add(&mut self, n: u64) -> u64 {
        self.0 += n;
        self.0
    }
}

#[resumable(section)]
async fn add_twice(to: ChestRef<Held>, n: u64) -> u64 {
    to.add(n).await;
    to.add(n).await
}

#[orchestration]
async fn doubled_alone(n: u64) -> u64 {
    let account = lock(Chest::at("a")).await;
    add_twice(account, n).await
}

pub fn main() {
    assert_eq!(run(doubled_alone(4)), 8);
}
