//! Accepted: a `Saga` that undoes the steps that were done, whichever step failed.
//! Why: its compensations are kept calls, so it is saved as any local; `?` ends the `async` block alone.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn error_undone_by_a_saga(
    items: Vec<Item>,
    amount: u64,
) -> (Result<Receipt, Declined>, bool) {
    let mut saga = Saga::new();
    let bought = async {
        for item in items {
            saga.undo_with(release(reserve(item).await?));
        }
        charge(amount).await
    }
    .await;
    let undone = bought.is_err() && saga.compensate().await.is_ok();
    (bought, undone)
}

pub fn main() {
    let bought = |items: &[Item], amount| run(error_undone_by_a_saga(items.to_vec(), amount));
    let tea = [Item::Tea, Item::Tea];
    assert_eq!(bought(&tea, 100), (Ok(Receipt(100)), false));
    assert_eq!(bought(&tea, 101), (Err(Declined::NoMoney), true));
    let unicorn = [Item::Tea, Item::Unicorn];
    assert_eq!(bought(&unicorn, 1), (Err(Declined::OutOfStock), true));
}
