//! Refused: the context of a compiled orchestration in a replayed one, and the other way round.
//! Why: `&mut Context` is lent for a turn and cannot be kept across an `.await`; `ReplayContext` has
//! what a compiled orchestration does not need.
//! Instead: accept/replay/with_its_context.rs, accept/functions/with_a_context.rs.

use undying::prelude::*;

#[orchestration(replay)]
async fn replayed(_cx: &mut Context, n: u64) -> u64 { //~ of a compiled one
    n
}

#[orchestration]
async fn compiled(_cx: &ReplayContext, n: u64) -> u64 { //~ of a replayed one
    n
}

#[orchestration(replay)]
async fn borrowed(_cx: &mut ReplayContext, n: u64) -> u64 { //~ nothing to change there
    n
}

fn main() {}
