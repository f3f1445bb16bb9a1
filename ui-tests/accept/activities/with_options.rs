//! Accepted: retry, timeout and concurrency, declared once at the activity.
//! Why: they belong to what is called; `.retry(..)` and `.timeout(..)` change them for one call.

use undying::prelude::*;
use undying_ui_tests::run;

#[activity(
    retry(max_attempts = 5, first = "200ms", factor = 2.0),
    timeout = "10s",
    concurrency = 8
)]
async fn halve(n: u64) -> Result<u64, Failure> {
    Ok(n / 2)
}

#[orchestration]
async fn activity_with_options(n: u64) -> Result<u64, Failure> {
    let half = halve(n).await?;
    halve(half)
        .retry(Retry::attempts(2).first(millis(50)))
        .timeout(secs(3))
        .await
}

pub fn main() {
    assert_eq!(run(activity_with_options(8)), Ok(2));
}
