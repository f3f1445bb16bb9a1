//! Accepted: an `.await` in the scrutinee of a `match`, whose arms move, bind and guard.
//! Why: after the await the `match` is printed as it was written.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn await_in_a_match_scrutinee(item: Item) -> String {
    match (reserve(item).await, stock(item).await) {
        (Ok(Held(item)), Some(left @ 2..)) => format!("{item:?}, {left} left"),
        (Ok(held), _) if held.0 == item => "the last one".to_owned(),
        (Err(why), _) => why.to_string(),
        (Ok(_), _) => unreachable!(),
    }
}

pub fn main() {
    assert_eq!(run(await_in_a_match_scrutinee(Item::Tea)), "Tea, 2 left");
    assert_eq!(run(await_in_a_match_scrutinee(Item::Cup)), "the last one");
    assert_eq!(
        run(await_in_a_match_scrutinee(Item::Unicorn)),
        "out of stock"
    );
}
