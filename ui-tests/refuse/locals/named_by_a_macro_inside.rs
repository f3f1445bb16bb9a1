//! Refused: a `macro_rules!` in the body that names a local.
//! Why: the macro is moved to the top with the other items, where there is no such local.
//! Instead: pass it as an argument of the macro, or use a closure.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn based(n: u64) -> u64 {
    let base = n + 1;
    macro_rules! plus {
        ($n:expr) => {
            $n + base //~ a local
        };
    }
    add(plus!(1), 1).await + plus!(2)
}

fn main() {}
