//! Refused: an `Instant` that lives across an `.await`.
//! Why: it counts from the start of this machine; after a restart it means nothing.
//! Instead: `cx.now()`, which is engine time and a `SystemTime` (accept/awaits/of_a_timer.rs).

use std::time::Instant;
use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn timed(n: u64) -> bool {
    let begun = Instant::now(); //~ cannot be saved
    add(n, 1).await;
    begun.elapsed() > secs(5)
}

fn main() {}
