//! Refused: `list.iter().enumerate()` and other adaptors over references, with an `.await` inside.
//! Why: the items left are saved, and they are references.
//! Instead: `for item in &list` with a counter, or `list.into_iter().enumerate()`.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn weighted(list: Vec<u64>) -> u64 {
    let mut sum = 0;
    for (index, n) in list.iter().enumerate() { //~ items that borrow
        sum = add(sum, index as u64 * n).await;
    }
    sum
}

fn main() {}
