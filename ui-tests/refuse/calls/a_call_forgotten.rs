//! Refused: a call that is neither awaited nor spawned, by the lint `unused_must_use`.
//! Why: a call is a description; nothing happens until somebody awaits it.
//! Instead: `.await`, or `.spawn().await`.

#![deny(unused_must_use)]

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn careless(n: u64) {
    add(n, 1); //~ nothing happens
    add(n, 2).spawn(); //~ nothing happens either
    sleep(secs(1)); //~ nor here
    add(n, 3).await;
}

fn main() {}
