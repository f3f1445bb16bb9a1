//! Refused: a computed reference to a static, used after an `.await`.
//! Why: which static it was cannot be saved.
//! Instead: keep what says which one (an index, an enum) and look it up again.

use undying::prelude::*;
use undying_ui_tests::shop::*;

static RATES: [u64; 2] = [7, 19];

#[orchestration]
async fn rated(n: usize) -> u64 {
    let rate: &'static u64 = RATES.get(n).unwrap_or(&0); //~ an address
    add(1, 1).await + *rate
}

fn main() {}
