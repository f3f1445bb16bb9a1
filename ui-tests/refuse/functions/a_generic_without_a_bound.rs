//! Refused: a type parameter without a bound, of a value that is saved.
//! Why: what is saved must be saveable, and only the caller knows what `T` is.
//! Instead: `T: Persist`, as in accept/functions/generic.rs.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn later<T>(value: T) -> T { //~ can a `T` be saved?
    add(1, 2).await;
    value
}

fn main() {}
