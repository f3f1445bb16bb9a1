//! Accepted: `impl Trait` as a parameter, of types that can be saved.
//! Why: it is a generic parameter without a name; the argument is stored as what it is.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[resumable]
async fn lengths(text: impl AsRef<str> + Persist, more: u64) -> u64 {
    let length = text.as_ref().len() as u64;
    add(length, more).await + text.as_ref().len() as u64
}

#[orchestration]
async fn function_with_an_impl_trait(text: String) -> u64 {
    lengths(text, 1).await
}

pub fn main() {
    assert_eq!(run(function_with_an_impl_trait("tea".to_owned())), 7);
}
