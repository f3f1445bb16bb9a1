//! Accepted: a call that is made first and awaited later.
//! Why: a call is lazy: it is a value like others until it is awaited.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn await_of_a_call_made_earlier(n: u64) -> u64 {
    let call = if n > 1 { add(n, 1) } else { add(n, 100) };
    let patient = call.timeout(hours(1));
    patient.await
}

pub fn main() {
    assert_eq!(run(await_of_a_call_made_earlier(2)), 3);
}
