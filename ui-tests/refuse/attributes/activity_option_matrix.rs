//! Refused: every illegal option of `#[activity]`, one a line.
//! Why: an option is either understood or refused, never ignored.
//! Instead: accept/activities/with_options.rs has them all in use.

use undying::prelude::*;

#[activity(retry = 3)] //~ not a number
async fn retry_is_a_list() {}
#[activity(retry())] //~ how often?
async fn retry_is_empty() {}
#[activity(retry(max_attempts = "3"))] //~ not a string
async fn attempts_are_a_number() {}
#[activity(retry(max_attempts = 3, max_attempts = 4))] //~ twice
async fn attempts_are_given_once() {}
#[activity(retry(max_attempts = 3, factor = 0.5))] //~ pauses do not shrink
async fn factor_is_at_least_one() {}
#[activity(retry(max_attempts = 3, first = "soon"))] //~ not a duration
async fn first_is_a_duration() {}
#[activity(retry(max_attempts = 3, jitter = 1.5))] //~ more than all of the pause
async fn jitter_is_a_fraction() {}
#[activity(retry(max_attempts = 3, only = "transient"))] //~ not a function
async fn only_is_a_function() {}
#[activity(retry(max_attempts = 3, backoff = 2))] //~ not an option
async fn retry_has_known_options() {}
#[activity(concurrency = 0)] //~ none would ever run
async fn concurrency_is_at_least_one() {}
#[activity(timeout = "0s")] //~ nothing ends in no time
async fn timeout_is_not_zero() {}
#[activity(name = charge)] //~ not a string
async fn name_is_a_string() {}
#[activity(name = "")] //~ empty
async fn name_is_not_empty() {}
#[activity(call = "Charge")] //~ not a name
async fn call_is_an_identifier() {}
#[activity("charge")] //~ not an option
async fn options_have_names() {}

fn main() {}
