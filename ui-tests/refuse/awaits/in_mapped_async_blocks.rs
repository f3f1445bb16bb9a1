//! Refused: `async` blocks made by a closure, as in `join_all(items.map(|item| async move { .. }))`.
//! Why: how many branches there are is only known at run time.
//! Instead: a `#[resumable]` helper: `join_all(items.map(taxed))` (accept/together/a_helper.rs).

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn totals(items: Vec<Item>) -> Vec<u64> {
    join_all(items.into_iter().map(|item| async move { price(item).await + 1 })).await //~ as many as items
}

fn main() {}
