//! Refused: changing what is borrowed while the borrow is still used.
//! Why: it is Rust's own rule, across an `.await` as anywhere.
//! Instead: copy what you need out of the borrow first.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn grown(mut list: Vec<u64>) -> u64 {
    let first = &list[0];
    list.push(add(1, 1).await); //~ `first` still points into `list`
    *first
}

fn main() {}
