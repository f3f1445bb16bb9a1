//! A saga that always undoes what it has done, and tells a purse in which order.

use undying::prelude::*;

use super::bodies::{PANICS, spend, step};
use super::entities::{Append, Look, purse};
use super::failing::pay;

/// What `regrets` comes to with so many steps.
pub fn regretted(steps: u64) -> u64 {
    (1..=steps).rev().fold(0, |told, nth| told * 10 + nth)
}

/// So many steps, fewer than ten, each undone by a child that appends its number to the purse and,
/// every other one, by an activity too, which may fail. What the purse has in the end.
#[orchestration]
pub async fn regrets(number: u64, steps: u64) -> u64 {
    let mut saga = Saga::new();
    for nth in 1..=steps {
        if step(nth).await != nth + 1 {
            return 0;
        }
        assert!(!spend(&PANICS), "a turn that panics");
        saga.undo_with(appends(number, nth));
        if nth % 2 == 0 {
            saga.undo_with(pay(nth));
        }
    }
    // One that fails keeps no other from being made.
    let _ = saga.compensate().await;
    assert!(!spend(&PANICS), "a turn that panics");
    purse::<Look>(number, 0).await
}

/// Appends a digit to the coins of a purse.
#[orchestration]
pub async fn appends(number: u64, digit: u64) -> u64 {
    purse::<Append>(number, digit).await
}
