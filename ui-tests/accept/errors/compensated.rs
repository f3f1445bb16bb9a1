//! Accepted: a saga: what was reserved is released when a later step fails.
//! Why: a timeout, a panic and a cancellation of an activity arrive as its `Err`, in the same arm.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn error_compensated(item: Item, amount: u64) -> Result<Receipt, Declined> {
    let held = reserve(item).await?;
    match charge(amount).await {
        Ok(receipt) => Ok(receipt),
        Err(why) => {
            assert_eq!(release(held).await, item);
            Err(why)
        }
    }
}

pub fn main() {
    assert_eq!(run(error_compensated(Item::Tea, 100)), Ok(Receipt(100)));
    assert_eq!(
        run(error_compensated(Item::Tea, 101)),
        Err(Declined::NoMoney)
    );
}
