//! Refused: naming a resume point in a replayed orchestration.
//! Why: it goes on by being led through its recording; where it waits is stored nowhere.
//! Instead: leave the name out, or `replay`.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration(replay)]
async fn named(n: u64) -> u64 {
    #[resume(name = "sum")] //~ there is none
    let sum = add(n, 1).await;
    sum
}

fn main() {}
