//! Accepted: `as_str`, `as_slice`, `as_ref`, `as_deref` and their kin, used after an `.await`.
//! Why: called without arguments on a place, they are views that are made again.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn borrow_of_a_str(name: String, nick: Option<String>) -> usize {
    let whole = name.as_str();
    let short = nick.as_deref();
    add(1, 1).await;
    whole.len() + short.map_or(0, str::len)
}

pub fn main() {
    assert_eq!(
        run(borrow_of_a_str("Augusta".into(), Some("Ada".into()))),
        10
    );
}
