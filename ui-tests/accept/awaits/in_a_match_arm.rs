//! Accepted: an `.await` in the arm of a `match`, and values moved in some arms only.
//! Why: every arm saves what its own continuation needs.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn await_in_a_match_arm(item: Item, note: String) -> (u64, String) {
    let paid = match item {
        Item::Unicorn => return (0, note + " is a fairy tale"),
        Item::Tea if note.is_empty() => price(item).await,
        Item::Tea => add(price(item).await, 1).await,
        Item::Cup => 9,
    };
    (paid, note)
}

pub fn main() {
    assert_eq!(
        run(await_in_a_match_arm(Item::Tea, "hot".into())),
        (4, "hot".into())
    );
    assert_eq!(
        run(await_in_a_match_arm(Item::Cup, String::new())),
        (9, String::new())
    );
    assert_eq!(
        run(await_in_a_match_arm(Item::Unicorn, "it".into())).1,
        "it is a fairy tale"
    );
}
