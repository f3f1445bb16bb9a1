//! Refused: the context of an orchestration in an activity, and the other way round.
//! Why: an activity knows its attempt, an orchestration its instance.
//! Instead: accept/functions/with_a_context.rs, accept/engine/with_an_activity_context.rs.

use undying::prelude::*;
use undying::{ActivityContext, Context};

#[activity]
async fn charge(_cx: &mut Context, n: u64) -> u64 { //~ of an orchestration
    n
}

#[orchestration]
async fn checkout(_cx: ActivityContext, n: u64) -> u64 { //~ of an activity
    n
}

#[activity]
async fn refund(_cx: &mut ActivityContext, n: u64) -> u64 { //~ nothing to change there
    n
}

fn main() {}
