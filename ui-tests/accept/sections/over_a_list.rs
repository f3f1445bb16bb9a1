//! Accepted: a critical section over a list of entities, known at run time.
//! Why: `lock` takes references, `Vec`s and tuples of them, types may be mixed, and it gives the same.

use undying::prelude::*;
use undying_ui_tests::run;

#[entity]
#[derive(Default, Serialize, Deserialize)]
pub struct Drawer(u64);

#[entity]
impl Drawer {
    pub fn add(&mut self, n: u64) -> u64 {
        self.0 += n;
        self.0
    }
}

#[orchestration]
async fn all(keys: Vec<String>) -> u64 {
    let drawers = keys.into_iter().map(Drawer::at).collect::<Vec<_>>();
    let (drawers, extra) = lock((drawers, Drawer::at("extra"))).await;
    extra.add(1).await;
    join_all(drawers.iter().map(|drawer| drawer.add(1))).await.iter().sum()
}

pub fn main() {
    assert_eq!(run(all(vec!["a".into(), "b".into(), "a".into()])), 4);
}
