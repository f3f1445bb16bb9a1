//! Accepted: `name = ".."` for what is stored, `call = ..` for the generated type.
//! Why: instances in the store find their code by name, so renaming the function keeps the old one.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration(name = "checkout", call = TheCheckout)]
async fn function_under_another_name(n: u64) -> u64 {
    add(n, 1).await
}

pub fn main() {
    let call: Orchestration<TheCheckout> = function_under_another_name(1);
    assert_eq!(run(call), 2);
}
