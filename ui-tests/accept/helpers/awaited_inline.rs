//! Accepted: a `#[resumable]` helper with awaits of its own.
//! Why: it runs inline, its locals saved within the caller's: no message, no second instance.

use undying::prelude::*;
use undying_ui_tests::shop::*;

/// What everything costs.
#[resumable]
async fn total(items: Vec<Item>) -> Result<u64, Declined> {
    let mut sum = 0;
    for item in items {
        reserve(item).await?;
        sum += price(item).await;
    }
    Ok(sum)
}

#[orchestration]
async fn helper_awaited_inline(items: Vec<Item>) -> Result<Receipt, Declined> {
    let sum = total(items).await?;
    charge(sum).await
}

pub fn main() {
    assert_eq!(
        run(helper_awaited_inline(vec![Item::Tea, Item::Cup])),
        Ok(Receipt(10))
    );
    assert_eq!(
        run(helper_awaited_inline(vec![Item::Unicorn])),
        Err(Declined::OutOfStock)
    );
}
