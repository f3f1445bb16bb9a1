//! Accepted: an orchestration that is started in a critical section, with nobody waiting for it.
//! Why: it may want what is locked here, and waits until that is free.

use undying::prelude::*;
use undying_ui_tests::run;

#[entity]
#[derive(Default, Serialize, Deserialize)]
pub struct Slate(u64);

#[entity]
impl Slate {
    pub fn add(&mut self, n: u64) -> u64 {
        self.0 += n;
        self.0
    }
}

#[orchestration]
async fn adding(n: u64) -> u64 {
    let slate = lock(Slate::at("a")).await;
    if n > 0 {
        adding(n - 1).start_detached(format!("next {n}")).await;
    }
    slate.add(n).await
}

pub fn main() {
    assert_eq!(run(adding(1)), 1);
}
