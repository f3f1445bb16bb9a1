//! Accepted: a call that is made before an `.await` and awaited after it.
//! Why: a call is data: its function, its arguments and its options are saved like any local. It has
//! not begun; to begin it, `let task = call.spawn().await;`.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn local_a_call(n: u64) -> u64 {
    let later = add(n, 1).timeout(secs(30));
    let now = add(n, 2).await;
    later.await + now
}

pub fn main() {
    assert_eq!(run(local_a_call(10)), 23);
}
