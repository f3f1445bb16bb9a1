//! Refused: ignoring the `Result` of an awaited call, by the lint `unused_must_use`.
//! Why: rustc's lints see awaits as they would in a plain `async fn`.
//! Instead: `?`, `match`, or `let _ = ..`.

#![deny(unused_must_use)]

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn careless(n: u64) {
    charge(n).await; //~ and if it was declined?
    sleep(secs(1)).await;
}

fn main() {}
