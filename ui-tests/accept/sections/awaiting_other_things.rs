//! Accepted: activities, timers, events and signals in a critical section.
//! Why: none of them can wait for what is locked.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
pub struct Locker(u64);

#[entity]
impl Locker {
    pub fn add(&mut self, n: u64) -> u64 {
        self.0 += n;
        self.0
    }
}

#[orchestration]
async fn patient(cx: &mut Context) -> u64 {
    let me = cx.instance_id().to_owned();
    let account = lock(Locker::at("a")).await;
    let sum = add(1, 2).await;
    sleep(days(1)).await;
    Locker::at("other").add(1).signal().await;
    raise(me, "go", 4u64).await;
    let more = timeout(days(1), event::<u64>("go")).await.unwrap_or(0);
    account.add(sum + more).await
}

pub fn main() {
    assert_eq!(run(patient()), 7);
}
