//! Accepted: shadowed names, also in patterns and inner scopes.
//! Why: every binding has a slot of its own, whatever it is called.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn local_shadowed(n: u64) -> u64 {
    let x = Some(n);
    if let Some(x) = x {
        add(x, 1).await;
    }
    let x = x.unwrap_or(0);
    let y = {
        let x = add(x, 10).await;
        add(x, 1).await + x
    };
    x * 100 + y
}

pub fn main() {
    assert_eq!(run(local_shadowed(1)), 100 + 23);
}
