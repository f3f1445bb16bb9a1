//! Refused: every illegal option of `#[resumable]`, one a line.
//! Why: an option is either understood or refused, never ignored.
//! Instead: accept/helpers/declared_for_several_contexts.rs.

use undying::prelude::*;

#[resumable(somewhere)] //~ no context
async fn contexts_are_known() {}
#[resumable(entity, entity)] //~ twice
async fn contexts_are_given_once() {}
#[resumable(entity = true)] //~ not a switch
async fn contexts_have_no_value() {}
#[resumable(timeout = "3s")] //~ an activity's option
async fn timeout_is_for_activities() {}

fn main() {}
