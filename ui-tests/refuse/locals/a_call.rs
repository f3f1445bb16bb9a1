//! Refused: a call that is made before an `.await` and awaited after it.
//! Why: it has not begun, so it would be saved as a plan of the old version.
//! Instead: make it where it is awaited, or begin it: `let task = call.spawn().await;`
//! (accept/together/spawn.rs).

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn planned(n: u64) -> u64 {
    let later = add(n, 1); //~ not begun
    let now = add(n, 2).await;
    later.await + now
}

fn main() {}
