//! Refused: `#[resume(..)]` on a statement without an `.await`.
//! Why: there is no resume point to name.
//! Instead: put it on the statement that awaits.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn paid(n: u64) -> u64 {
    #[resume(name = "payment")] //~ nothing waits here
    let first = n + 1;
    add(first, 1).await
}

fn main() {}
