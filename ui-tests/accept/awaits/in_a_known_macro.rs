//! Accepted: awaits in arguments of `format!`, `vec!`, `assert!`, `matches!`, `write!` and their kin.
//! Why: these macros are understood; the message of an assertion is only awaited if it is printed.

use std::fmt::Write;
use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn await_in_a_known_macro(item: Item) -> String {
    let pair = vec![price(item).await, add(1, 1).await];
    assert!(pair[0] > 0, "{:?} costs {}", item, price(item).await);
    assert_eq!(add(1, 1).await, pair[1]);
    let mut line = format!("{item:?} {} {}", pair.len(), price(item).await);
    if matches!(stock(item).await, Some(2..)) {
        write!(line, " {}", add(20, 2).await).expect("a string takes everything");
    }
    line
}

pub fn main() {
    assert_eq!(run(await_in_a_known_macro(Item::Tea)), "Tea 2 3 22");
}
