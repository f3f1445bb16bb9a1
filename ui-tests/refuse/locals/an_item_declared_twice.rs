//! Refused: two items of one name in two blocks of one body.
//! Why: items are moved to the top of the function, where they meet.
//! Instead: give one of them another name, or move it out of the function.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn fees(n: u64) -> u64 {
    if n > 1 {
        const FEE: u64 = 1;
        add(n, FEE).await
    } else {
        const FEE: u64 = 2; //~ the second `FEE`
        add(n, FEE).await
    }
}

fn main() {}
