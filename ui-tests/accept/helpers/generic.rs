//! Accepted: a generic helper; a `T` that lives across an `.await` asks for `T: Persist`.
//! Why: what is saved must be saveable, and only the caller knows what `T` is.

use undying::Persist;
use undying::prelude::*;
use undying_ui_tests::shop::*;

#[resumable]
async fn cheap_ones<T: Persist>(all: Vec<(Item, T)>, limit: u64) -> Vec<T> {
    let mut kept = Vec::new();
    for (item, tag) in all {
        if price(item).await <= limit {
            kept.push(tag);
        }
    }
    kept
}

#[orchestration]
async fn helper_generic(limit: u64) -> Vec<String> {
    cheap_ones(
        vec![(Item::Tea, "tea".to_owned()), (Item::Cup, "cup".to_owned())],
        limit,
    )
    .await
}

pub fn main() {
    assert_eq!(run(helper_generic(5)), ["tea"]);
}
