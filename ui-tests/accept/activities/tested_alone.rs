//! Accepted: the plain body of an activity, for unit tests: `TaxedCall::body(..)`.
//! Why: it is the function as written, with whatever state the test gives it.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[activity]
async fn taxed(amount: u64, State(rates): State<Rates>) -> u64 {
    amount + amount * rates.percent / 100
}

#[tokio::main]
pub async fn main() {
    let rates = Rates { percent: 19 };
    assert_eq!(TaxedCall::body(200, State(rates)).await, 238);
}
