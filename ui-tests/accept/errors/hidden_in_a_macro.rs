//! Accepted: `return Err(..)` hidden in a macro statement, as in `ensure!` and `bail!`.
//! Why: the statement runs as a whole; when it returns, so does the orchestration.

use undying::prelude::*;
use undying_ui_tests::shop::*;

macro_rules! ensure {
    ($condition:expr, $error:expr) => {
        if !$condition {
            return Err($error);
        }
    };
}

#[orchestration]
async fn error_hidden_in_a_macro(amount: u64) -> Result<u64, Declined> {
    let sum = add(amount, 1).await;
    ensure!(sum < 10, Declined::NoMoney);
    Ok(add(sum, 1).await)
}

pub fn main() {
    assert_eq!(run(error_hidden_in_a_macro(1)), Ok(3));
    assert_eq!(run(error_hidden_in_a_macro(9)), Err(Declined::NoMoney));
}
