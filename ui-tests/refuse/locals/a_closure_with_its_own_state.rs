//! Refused: a `move` closure with state of its own, used on both sides of an `.await`.
//! Why: its captured copy changes while the variable does not; a closure cannot be saved.
//! Instead: capture by reference (accept/borrows/by_a_closure.rs), or keep the state in a variable.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn counted(n: u64) -> u64 {
    let mut count = n;
    let mut next = move || { //~ has a `count` of its own
        count += 1;
        count
    };
    add(next(), 1).await;
    next() + count
}

fn main() {}
