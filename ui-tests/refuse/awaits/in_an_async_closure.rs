//! Refused: an `async` closure.
//! Why: the future it makes has no name, so it could not be saved.
//! Instead: a `#[resumable]` helper (accept/helpers/awaited_inline.rs).

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn total(items: Vec<Item>) -> u64 {
    let taxed = async |item| add(price(item).await, 1).await; //~ made once per call, at run time
    taxed(items[0]).await
}

fn main() {}
