//! Accepted: awaits behind `&&`, `||` and `!`.
//! Why: they short-circuit: the activity on the right is only called when it decides.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn await_in_a_condition(item: Item) -> bool {
    if !(item == Item::Unicorn) && (price(item).await < 5 || stock(item).await.is_none()) {
        return true;
    }
    item != Item::Cup && add(1, 1).await == 3
}

pub fn main() {
    assert!(run(await_in_a_condition(Item::Tea)));
    assert!(!run(await_in_a_condition(Item::Cup)));
    assert!(!run(await_in_a_condition(Item::Unicorn)));
}
