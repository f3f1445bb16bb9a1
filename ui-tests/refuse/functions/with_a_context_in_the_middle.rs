//! Refused: a context that is not the first parameter.
//! Why: one place to look for it; it is no argument of the call.
//! Instead: `async fn checkout(cx: &mut Context, n: u64)`.

use undying::prelude::*;

#[orchestration]
async fn checkout(n: u64, cx: &mut Context) -> bool { //~ must come first
    cx.instance_id().len() as u64 == n
}

fn main() {}
