//! Accepted: a replayed orchestration that awaits a compiled helper with a critical section.
//! Why: the section ends with the helper's block, whoever awaits it.

use undying::prelude::*;
use undying_ui_tests::run;

#[entity]
#[derive(Default, Serialize, Deserialize)]
pub struct Coffer(u64);

#[entity]
impl Coffer {
    pub fn add(&mut self, n: u64) -> u64 {
        self.0 += n;
        self.0
    }
}

#[resumable]
async fn both(from: String) -> u64 {
    let (from, to) = lock((Coffer::at(from), Coffer::at("pot"))).await;
    from.add(1).await + to.add(10).await
}

#[orchestration(replay)]
async fn filled(text: String) -> u64 {
    let (one, other) = text.split_at(1);
    both(one.to_owned()).await + both(other.to_owned()).await
}

pub fn main() {
    assert_eq!(run(filled("aa".to_owned())), 11 + 22);
}
