//! Accepted: any change between the awaits, while instances wait.
//! Why: what is stored is where an instance is and its locals, not how it came there.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn code_old(n: u64) -> u64 {
    let sum = add(n, 1).await;
    sum * 2
}

#[orchestration]
async fn code_new(n: u64) -> u64 {
    assert!(n > 0, "checked by the new version when it begins");
    let sum = add(n, 1).await;
    let fee = price(Item::Tea).await;
    sum * 3 + fee
}

pub fn main() {
    assert_eq!(deploy::<CodeNewCall>(code_old(1)), Ok(2 * 3 + 3));
}
