//! Accepted: `Result<T, undying::Failure>`, the shortest return type that can fail.
//! Why: it says timed out, panicked and cancelled, and nothing else.

use undying::prelude::*;
use undying_ui_tests::run;

#[activity]
async fn divide(a: u64, b: u64) -> Result<u64, Failure> {
    Ok(a / b)
}

#[orchestration]
async fn error_of_the_engine_alone(b: u64) -> Result<u64, Failure> {
    let half = divide(10, b).await?;
    Ok(half + divide(half, 5).await?)
}

pub fn main() {
    assert_eq!(run(error_of_the_engine_alone(2)), Ok(6));
}
