//! Refused: a reference from `get()`, `first()` or another method, used after an `.await`.
//! Why: calling the method again might give something else.
//! Instead: copy it (`.copied()`, `.cloned()`), or keep the index.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn second(list: Vec<u64>) -> Option<u64> {
    let second = list.get(1)?; //~ borrows from `list`
    add(*second, 1).await;
    Some(*second)
}

fn main() {}
