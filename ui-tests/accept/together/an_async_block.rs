//! Accepted: `async {}` blocks as branches of `join`, `race` and `timeout`.
//! Why: a branch has a resume point of its own inside the one await; `?` ends the branch.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn together_an_async_block(item: Item) -> Result<(u64, u64), Declined> {
    let base = 10;
    let (slow, fast) = join((
        async {
            let held = reserve(item).await?;
            sleep(secs(1)).await;
            Ok::<_, Declined>(price(held.0).await + base)
        },
        add(base, 1),
    ))
    .await;
    Ok((slow?, fast))
}

pub fn main() {
    assert_eq!(run(together_an_async_block(Item::Tea)), Ok((13, 11)));
    assert_eq!(
        run(together_an_async_block(Item::Unicorn)),
        Err(Declined::OutOfStock)
    );
}
