//! Refused: anything but a call of an activity or an orchestration as the compensation of a saga.
//! Why: a compensation is kept as a call, by the name of its function.
//! Instead: an orchestration, which may do anything.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn held(item: Item) -> Result<(), Declined> {
    let mut saga = Saga::new();
    reserve(item).await?;
    saga.undo_with(sleep(secs(1))); //~ no call
    Ok(())
}

fn main() {}
