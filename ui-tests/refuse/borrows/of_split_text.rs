//! Refused: `text.split(..)` in a `for` with an `.await` inside.
//! Why: the pieces left are saved, and they borrow from `text`.
//! Instead: own them: `text.split(' ').map(str::to_owned)`.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn widths(text: String) -> u64 {
    let mut sum = 0;
    for word in text.split(' ') { //~ words that borrow
        sum = add(sum, word.len() as u64).await;
    }
    sum
}

fn main() {}
