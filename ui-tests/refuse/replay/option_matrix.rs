//! Refused: every illegal form of the option `replay`, one a line.
//! Why: it is a word without a value, and an orchestration's alone.
//! Instead: `#[orchestration(replay)]`, also beside `name` and `call`.

use undying::prelude::*;

#[orchestration(replay = true)] //~ a value
async fn it_takes_no_value() {}
#[orchestration(replay, replay)] //~ twice
async fn it_is_given_once() {}
#[orchestration(replayed)] //~ another word
async fn it_is_one_word() {}
#[activity(replay)] //~ an orchestration's option
async fn activities_are_not_replayed() {}
#[resumable(replay)] //~ an orchestration's option
async fn helpers_are_run_by_their_callers() {}

fn main() {}
