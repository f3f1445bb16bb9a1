//! Refused: `.retry(..)` on anything but an activity.
//! Why: an orchestration does not fail by chance; its activities do, and they retry.
//! Instead: `.retry(..)` on the activity, or a loop.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn child(n: u64) -> u64 {
    add(n, 1).await
}

#[orchestration]
async fn parent(n: u64) -> u64 {
    child(n).retry(Retry::attempts(3)).await //~ no activity
}

fn main() {}
