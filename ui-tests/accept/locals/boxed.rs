//! Accepted: a boxed slice, coerced in the branches of an initialiser.
//! Why: the written type is handed to every branch, so each coerces as in plain Rust.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn local_boxed(n: u64) -> u64 {
    let list: Box<[u64]> = if n > 1 {
        Box::new([add(n, 1).await])
    } else {
        Box::new([])
    };
    add(n, 1).await;
    list.iter().sum()
}

pub fn main() {
    assert_eq!(run(local_boxed(2)), 3);
    assert_eq!(run(local_boxed(1)), 0);
}
