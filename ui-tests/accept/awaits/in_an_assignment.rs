//! Accepted: awaits in plain, compound and destructuring assignments.
//! Why: the right side runs first, then the place is found: `paid[0]` is written after the await.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn await_in_an_assignment(item: Item) -> (Vec<u64>, String) {
    let mut paid = vec![1, 2];
    paid[0] = price(item).await;
    paid[1] += add(paid[0], 1).await;
    (paid[0], paid[1]) = (paid[1], add(paid[0], 0).await);
    let mut line = String::from("paid ");
    line += &add(paid[0], paid[1]).await.to_string();
    (paid, line)
}

pub fn main() {
    assert_eq!(
        run(await_in_an_assignment(Item::Tea)),
        (vec![6, 3], "paid 9".into())
    );
}
