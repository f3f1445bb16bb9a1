//! Accepted: string literals and arrays of them that are used after an `.await`.
//! Why: a literal is written again wherever it is used.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn borrow_of_a_literal(n: u64) -> String {
    let name = "parcel";
    let (left, right) = ("<", ">");
    let mut line = String::new();
    for part in ["a", "bb"] {
        let width = add(n, part.len() as u64).await;
        line += &format!("{part}{width}");
    }
    format!("{left}{name} {line}{right}")
}

pub fn main() {
    assert_eq!(run(borrow_of_a_literal(1)), "<parcel a2bb3>");
}
