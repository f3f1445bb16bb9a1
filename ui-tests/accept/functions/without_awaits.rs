//! Accepted: no parameters, no result, no `.await`.
//! Why: an orchestration is an `async fn`; none of them is required.

use undying::prelude::*;
use undying_ui_tests::run;

#[orchestration]
async fn function_without_awaits() {}

pub fn main() {
    run(function_without_awaits());
}
