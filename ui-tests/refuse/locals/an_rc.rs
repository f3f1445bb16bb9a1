//! Refused: an `Rc` that lives across an `.await`.
//! Why: instances move between threads; and two `Rc`s of one value would come back as two values.
//! Instead: own the value, or make the `Rc` anew after the `.await`.

use std::cell::Cell;
use std::rc::Rc;
use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn shared(n: u64) -> u64 {
    let count = Rc::new(Cell::new(n)); //~ is not `Send`
    add(n, 1).await;
    count.get()
}

fn main() {}
