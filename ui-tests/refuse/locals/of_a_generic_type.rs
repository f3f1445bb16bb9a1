//! Refused: a `T` without `Persist` that lives across an `.await`.
//! Why: only the caller knows what `T` is, so the bound must be part of the signature.
//! Instead: `T: Persist` (accept/helpers/generic.rs).

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[resumable]
async fn later<T: Default + ToString + 'static>(n: u64) -> String {
    let value = T::default(); //~ `T` may be anything
    add(n, 1).await;
    value.to_string()
}

fn main() {}
