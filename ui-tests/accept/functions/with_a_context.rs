//! Accepted: a first parameter `cx: &mut Context`.
//! Why: it is what an instance knows of itself: id, time, status. It is no argument and is never
//! saved: it is taken from the turn wherever it is named.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn function_with_a_context(cx: &mut Context, n: u64) -> bool {
    cx.set_status("adding");
    let begun = cx.now();
    let length = add(cx.instance_id().len() as u64, n).await;
    cx.set_status(format!("added {length}"));
    cx.now() >= begun && length == n + cx.instance_id().len() as u64
}

pub fn main() {
    assert!(run(function_with_a_context(1)));
}
