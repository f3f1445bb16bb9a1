//! Accepted: `continue_as_new(call)`: the instance begins again with other arguments.
//! Why: its output is that of the function, so it stands where a result does; it never comes back.

use undying::prelude::*;
use undying_ui_tests::run;

#[orchestration]
async fn function_beginning_again(left: u32, sum: u32) -> u32 {
    if left == 0 {
        return sum;
    }
    sleep(days(1)).await;
    continue_as_new(function_beginning_again(left - 1, sum + left)).await
}

pub fn main() {
    assert_eq!(run(function_beginning_again(4, 0)), 10);
}
