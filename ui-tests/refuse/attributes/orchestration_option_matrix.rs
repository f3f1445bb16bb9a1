//! Refused: every illegal option of `#[orchestration]`, one a line.
//! Why: an option is either understood or refused, never ignored.
//! Instead: accept/functions/under_another_name.rs has them all in use.

use undying::prelude::*;

#[orchestration(retry(max_attempts = 3))] //~ an activity's option
async fn retry_is_for_activities() {}
#[orchestration(timeout = "3s")] //~ an activity's option
async fn timeout_is_for_activities() {}
#[orchestration(name = 17)] //~ not a string
async fn name_is_a_string() {}
#[orchestration(name = "a", name = "b")] //~ twice
async fn name_is_given_once() {}
#[orchestration(call = "Checkout")] //~ not a name
async fn call_is_an_identifier() {}
#[orchestration(section)] //~ a helper's option
async fn contexts_are_for_helpers() {}

fn main() {}
