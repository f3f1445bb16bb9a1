//! Accepted: `?` behind an `.await`, converting the error.
//! Why: it is rustc's own `?`: `From` is applied, and its messages are rustc's.

use serde::{Deserialize, Serialize};
use undying::prelude::*;
use undying_ui_tests::shop::*;

#[derive(Debug, PartialEq, thiserror::Error, Serialize, Deserialize)]
enum OrderError {
    #[error(transparent)]
    Declined(#[from] Declined),
    #[error(transparent)]
    Failed(#[from] undying::Failure),
}

#[orchestration]
async fn error_question_mark(item: Item) -> Result<Receipt, OrderError> {
    let held = reserve(item).await?;
    Ok(charge(price(held.0).await).await?)
}

pub fn main() {
    assert_eq!(run(error_question_mark(Item::Cup)), Ok(Receipt(7)));
    let declined = OrderError::Declined(Declined::OutOfStock);
    assert_eq!(run(error_question_mark(Item::Unicorn)), Err(declined));
}
