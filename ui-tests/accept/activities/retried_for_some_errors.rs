//! Accepted: a retry of some errors only, with pauses that spread.
//! Why: what fails for good is a result at once; what failed together is not made again together.

use undying::prelude::*;
use undying_ui_tests::run;

fn is_timeout(failure: &Failure) -> bool {
    matches!(failure, Failure::TimedOut { .. })
}

#[activity(retry(max_attempts = 5, jitter = 0.2, only = is_timeout))]
async fn add_rarely(n: u64) -> Result<u64, Failure> {
    Ok(n + 1)
}

#[activity(retry(max_attempts = 2, only = |failure| !is_timeout(failure)))]
async fn same(n: u64) -> Result<u64, Failure> {
    Ok(n)
}

#[orchestration]
async fn activities_retried_for_some_errors(n: u64) -> Result<u64, Failure> {
    add_rarely(same(n).await?).await
}

pub fn main() {
    assert_eq!(run(activities_retried_for_some_errors(8)), Ok(9));
}
