//! Refused: a guard in the scrutinee of a `while let` whose body awaits.
//! Why: the guard lives to the end of the body, so across the `.await`.
//! Instead: `let next = list.borrow_mut().pop();` in a `loop`, then test `next`.

use std::cell::RefCell;
use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn drained(list: RefCell<Vec<u64>>) -> u64 {
    while let Some(n) = list.borrow_mut().pop() {
        add(n, 1).await; //~ the guard of `borrow_mut` is still held
    }
    list.into_inner().len() as u64
}

fn main() {}
