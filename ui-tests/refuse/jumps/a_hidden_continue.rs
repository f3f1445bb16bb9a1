//! Refused: a `continue` that a macro writes, in a loop that awaits.
//! Why: that loop no longer is a loop of Rust; the jump would go round something else.
//! Instead: write the `continue` outside: `if odd!(k) { continue }`.

use undying::prelude::*;
use undying_ui_tests::shop::*;

macro_rules! skip_odd {
    ($n:expr) => {
        if $n % 2 == 1 {
            continue; //~ round which loop?
        }
    };
}

#[orchestration]
async fn counted(n: u64) {
    for k in 0..n {
        skip_odd!(k);
        add(k, 1).await;
    }
}

fn main() {}
