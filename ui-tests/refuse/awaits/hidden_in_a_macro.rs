//! Refused: an `.await` that a macro writes.
//! Why: the function is taken apart before macros are expanded, so this await would be nobody's.
//! Instead: await outside of the macro, or make the macro a `#[resumable]` helper.

use undying::prelude::*;
use undying_ui_tests::shop::*;

macro_rules! go {
    ($e:expr) => {
        $e.await //~ not seen
    };
}

#[orchestration]
async fn gone(item: Item) -> u64 {
    go!(price(item))
}

fn main() {}
