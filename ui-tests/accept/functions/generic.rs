//! Accepted: a generic orchestration, with const generics and a where-clause.
//! Why: a step is generic as the function is. What is stored is one of its types, so each is
//! registered by a name of its own before an engine may run it.

use undying::Persist;
use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn function_generic<T, const N: usize>(value: T, n: u64) -> Vec<T>
where
    T: Persist + Clone,
{
    add(n, 1).await;
    vec![value; N]
}

pub fn main() {
    assert_eq!(run(function_generic::<_, 2>("x".to_owned(), 1)), ["x", "x"]);
}
