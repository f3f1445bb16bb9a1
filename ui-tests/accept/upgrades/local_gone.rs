//! Accepted: a new local that lives across an await. Instances that wait there are set aside.
//! Why: the old version did not save it, and nothing may be made up. Compute it after the await.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn local_old(n: u64) -> u64 {
    add(n, 1).await
}

#[orchestration]
async fn local_new(n: u64) -> u64 {
    let rate = n * 2;
    add(n, 1).await * rate
}

pub fn main() {
    let refusal = deploy::<LocalNewCall>(local_old(1)).unwrap_err();
    assert!(refusal.starts_with("`local_new` needs `rate` at resume point `add`"));
}
