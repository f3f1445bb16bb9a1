//! Accepted: values that cannot be saved, as long as they do not live across an `.await`.
//! Why: `Instant`, `Rc`, iterators and borrowed temporaries are only asked for what they are used for.

use std::rc::Rc;
use std::time::Instant;
use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn local_never_saved(items: Vec<Item>) -> u64 {
    let begun = Instant::now();
    let shared = Rc::new(items.iter().filter(|item| **item != Item::Unicorn).count());
    assert!(begun.elapsed().as_secs() < 3600);
    let count = *shared as u64;
    add(count, 1).await
}

pub fn main() {
    assert_eq!(run(local_never_saved(vec![Item::Tea, Item::Unicorn])), 2);
}
