//! Accepted: awaits under `#[cfg(..)]` on statements, arms and fields.
//! Why: the predicate is resolved before the function is taken apart.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn await_in_a_cfg(n: u64) -> u64 {
    #[cfg(target_pointer_width = "64")]
    let fee = add(n, 1).await;
    #[cfg(not(target_pointer_width = "64"))]
    let fee = a_function_that_does_not_exist().await;
    let more = match n {
        #[cfg(not(test))]
        1 => add(n, 100).await,
        #[cfg(test)]
        1 => add(n, 10).await,
        _ => 0,
    };
    fee + more
}

pub fn main() {
    assert_eq!(run(await_in_a_cfg(1)), 2 + 11);
}
