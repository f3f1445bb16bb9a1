//! Accepted: awaits inside a let chain, and in `else if`.
//! Why: each condition is a step; a failed one goes to the one `else`.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn await_in_a_let_chain(wanted: Option<Item>) -> String {
    if let Some(item) = wanted
        && let Some(left) = stock(item).await
        && left > 1
    {
        format!("{left} of {item:?}")
    } else if wanted.is_some() && add(1, 1).await == 2 {
        "scarce".to_owned()
    } else {
        "nothing".to_owned()
    }
}

pub fn main() {
    assert_eq!(run(await_in_a_let_chain(Some(Item::Tea))), "2 of Tea");
    assert_eq!(run(await_in_a_let_chain(Some(Item::Cup))), "scarce");
    assert_eq!(run(await_in_a_let_chain(None)), "nothing");
}
