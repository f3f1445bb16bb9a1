//! Refused: an iterator kept in a variable across an `.await`.
//! Why: it borrows the list and remembers a place in it; neither can be saved.
//! Instead: `for n in &list { .. }` (accept/awaits/in_a_loop_by_reference.rs).

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn summed(list: Vec<u64>) -> u64 {
    let mut numbers = list.iter(); //~ borrows `list`
    let mut sum = 0;
    while let Some(n) = numbers.next() {
        sum += add(*n, 1).await;
    }
    sum
}

fn main() {}
