//! Refused: another activity in an activity.
//! Why: an activity may run more than once and is not saved; only durable functions wait for durable things.
//! Instead: `AddCall::body(n, 1).await`, the plain function, or await it in the orchestration.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[activity]
async fn both(n: u64) -> u64 {
    add(n, 1).await //~ only an orchestration remembers its result
}

fn main() {}
