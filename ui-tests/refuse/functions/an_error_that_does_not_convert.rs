//! Refused: `?` on an error that the function's error does not take in.
//! Why: `?` is rustc's own, and so are its words.
//! Instead: `#[from] Declined` in the error type.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn paid(amount: u64) -> Result<u64, Failure> {
    Ok(charge(amount).await?.0) //~ a `Declined` is no `Failure`
}

fn main() {}
