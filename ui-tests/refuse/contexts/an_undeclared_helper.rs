//! Refused: a helper awaited where it was not declared for.
//! Why: its body was only checked against the contexts it declares.
//! Instead: declare it for both: `#[resumable(orchestration, section)]`.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[resumable]
async fn pause(n: u64) -> u64 {
    sleep(secs(n)).await;
    n
}

#[resumable(entity)]
async fn within(n: u64) -> u64 {
    add(n, 1).await + pause(n).await //~ not declared for entities
}

fn main() {}
