//! Refused: a function pointer that was chosen at run time, across an `.await`.
//! Why: an address means nothing in the next process.
//! Instead: an enum that says which function; or the path itself (accept/borrows/of_a_function.rs).

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn applied(n: i64) -> i64 {
    let apply = if n > 9 { i64::abs } else { i64::signum }; //~ an address
    add(1, 1).await;
    apply(n)
}

fn main() {}
