//! Accepted: `join` of a tuple: several calls of any kinds at once, all their results.
//! Why: it is one await; each result is saved as it comes.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn together_join(item: Item) -> (u64, Option<u64>, Result<Held, Declined>) {
    let (cost, left, ()) = join((price(item), stock(item), sleep(secs(1)))).await;
    let (held, (sum, _)) = join((reserve(item), join((add(cost, 1), add(1, 1))))).await;
    (sum, left, held)
}

pub fn main() {
    assert_eq!(
        run(together_join(Item::Tea)),
        (4, Some(2), Ok(Held(Item::Tea)))
    );
}
