//! Refused: a sub-orchestration in a helper that is declared for critical sections.
//! Why: it could wait for a lock that is held until it ends.
//! Instead: await it before the section, or only its activities.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn child(n: u64) -> u64 {
    add(n, 1).await
}

#[resumable(section)]
async fn held(n: u64) -> u64 {
    let (sum, _) = join((timeout(secs(1), child(n)), add(n, 1))).await; //~ may wait for what is held
    sum.unwrap_or(0)
}

fn main() {}
