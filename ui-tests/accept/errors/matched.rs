//! Accepted: matching the error of an activity.
//! Why: `.await` gives the declared return type, nothing wrapped around it.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn error_matched(amount: u64) -> u64 {
    match charge(amount).await {
        Ok(Receipt(paid)) => paid,
        Err(Declined::NoMoney) => 0,
        Err(other) => panic!("{other}"),
    }
}

pub fn main() {
    assert_eq!(run(error_matched(7)), 7);
    assert_eq!(run(error_matched(1000)), 0);
}
