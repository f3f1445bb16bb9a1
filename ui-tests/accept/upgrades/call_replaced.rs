//! Accepted: a kept call of another function. Instances that keep the old one there are set aside.
//! Why: a call is saved with the name of its function, so it is never taken for another one's.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn call_old(n: u64) -> u64 {
    let later = charge(n);
    add(n, 1).await + later.await.map_or(0, |receipt| receipt.0)
}

#[activity]
async fn count(amount: u64) -> u64 {
    amount
}

#[orchestration]
async fn call_new(n: u64) -> u64 {
    let later = count(n);
    add(n, 1).await + later.await
}

pub fn main() {
    let refusal = deploy::<CallNewCall>(call_old(1)).unwrap_err();
    assert!(refusal.contains("local `later`") && refusal.contains("the variant `charge`"));
}
