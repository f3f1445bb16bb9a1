//! Accepted: an iterator that is kept across awaits in a replayed orchestration.
//! Why: an iterator cannot be saved; made anew and led through the same recording, it is the same.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration(replay)]
async fn replay_holding_an_iterator(items: Vec<Item>) -> u64 {
    let mut pairs = items.chunks(2).enumerate();
    let first = pairs.next();
    let mut sum = add(first.map_or(0, |(_, pair)| pair.len() as u64), 0).await;
    for (nth, pair) in pairs {
        for item in pair {
            sum += nth as u64 * price(*item).await;
        }
    }
    sum
}

pub fn main() {
    let items = vec![Item::Tea, Item::Tea, Item::Cup, Item::Tea, Item::Cup];
    assert_eq!(run(replay_holding_an_iterator(items)), 26);
}
