//! Refused: `.spawn()` on a helper.
//! Why: a helper runs inline, in the frame of its caller; it has no life of its own.
//! Instead: await it in a `join`, or make it an `#[orchestration]`.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[resumable]
async fn helper(n: u64) -> u64 {
    add(n, 1).await
}

#[orchestration]
async fn parent(n: u64) -> u64 {
    helper(n).spawn().await.await //~ inline only
}

fn main() {}
