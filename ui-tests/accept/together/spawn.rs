//! Accepted: `.spawn().await`, which starts a call now; its `Task` is awaited later, or kept in a `Vec`.
//! Why: a task is a saved value like others.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn together_spawn(items: Vec<Item>) -> u64 {
    let first = add(1, 1).spawn().await;
    let mut tasks = Vec::new();
    for item in items {
        tasks.push(price(item).spawn().await);
    }
    let mut total = first.await;
    for task in tasks {
        total += task.await;
    }
    total
}

pub fn main() {
    assert_eq!(run(together_spawn(vec![Item::Tea, Item::Cup])), 12);
}
