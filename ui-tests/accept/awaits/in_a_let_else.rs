//! Accepted: awaits on both sides of `let .. else`.
//! Why: the `else` is a branch like any other; it must still diverge.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn await_in_a_let_else(item: Item) -> String {
    let Some(left) = stock(item).await else {
        return format!("none at {}", price(item).await);
    };
    format!("{left} left")
}

pub fn main() {
    assert_eq!(run(await_in_a_let_else(Item::Tea)), "2 left");
    assert_eq!(run(await_in_a_let_else(Item::Unicorn)), "none at 1000");
}
