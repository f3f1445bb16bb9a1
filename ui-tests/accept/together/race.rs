//! Accepted: `race` of a tuple: the first result wins, the others are cancelled.
//! Why: which one won is saved, so the loser stays a loser after a restart.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn together_race(item: Item) -> String {
    let first = match race((price(item), sleep(days(1)))).await {
        Either::First(cost) => format!("{cost}"),
        Either::Second(()) => "too slow".to_owned(),
    };
    match race((sleep(days(1)), sleep(secs(1)), sleep(hours(1)))).await {
        Either3::Second(()) => first + ", a second later",
        _ => unreachable!("an hour is longer than a second"),
    }
}

pub fn main() {
    assert_eq!(run(together_race(Item::Tea)), "3, a second later");
}
