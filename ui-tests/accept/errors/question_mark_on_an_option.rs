//! Accepted: `?` on an `Option` in a function that returns one.
//! Why: it means what it means everywhere.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn error_question_mark_on_an_option(items: Vec<Item>) -> Option<u64> {
    let first = items.first().copied()?;
    let left = stock(first).await?;
    Some(add(left, 1).await)
}

pub fn main() {
    assert_eq!(
        run(error_question_mark_on_an_option(vec![Item::Tea])),
        Some(3)
    );
    assert_eq!(
        run(error_question_mark_on_an_option(vec![Item::Unicorn])),
        None
    );
    assert_eq!(run(error_question_mark_on_an_option(vec![])), None);
}
