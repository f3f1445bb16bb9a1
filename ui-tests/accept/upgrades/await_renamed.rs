//! Accepted: an await that calls something else now, under the name it had.
//! Why: with `#[resume(name = "..")]` instances that wait find their place; the call they wait for
//! is the old one.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn renamed_old(n: u64) -> u64 {
    let sum = add(n, 1).await;
    sum + 100
}

#[activity]
async fn add_with_care(a: u64, b: u64) -> u64 {
    a.saturating_add(b)
}

#[orchestration]
async fn renamed_new(n: u64) -> u64 {
    #[resume(name = "add")]
    let sum = add_with_care(n, 1).await;
    sum + 200
}

pub fn main() {
    assert_eq!(deploy::<RenamedNewCall>(renamed_old(1)), Ok(202));
}
