//! Refused: a `break` that a macro writes, out of a loop that awaits.
//! Why: that loop no longer is a loop of Rust; the jump would leave something else.
//! Instead: write the `break` outside: `if done!() { break }`.

use undying::prelude::*;
use undying_ui_tests::shop::*;

macro_rules! stop_at {
    ($n:expr, $limit:expr) => {
        if $n == $limit {
            break; //~ out of which loop?
        }
    };
}

#[orchestration]
async fn counted(n: u64) {
    for k in 0..n {
        stop_at!(k, 3);
        add(k, 1).await;
    }
}

fn main() {}
