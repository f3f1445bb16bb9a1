//! Refused: `lock(..)` in a replayed orchestration.
//! Why: a critical section ends with its block, and only a compiled body knows where that is.
//! Instead: without `replay`, or in a `#[resumable]` helper that is awaited here, or a sub-orchestration.

use undying::prelude::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
pub struct Account(u64);

#[entity]
impl Account {
    pub fn close(&mut self) {}
}

#[orchestration(replay)]
async fn alone() {
    let account = lock(Account::at("a")).await; //~ to the end of which block?
    account.close().await;
    join((
        async {
            let _other = undying::lock(Account::at("b")).await; //~ nor in a branch
        },
        sleep(secs(1)),
    ))
    .await;
}

fn main() {}
