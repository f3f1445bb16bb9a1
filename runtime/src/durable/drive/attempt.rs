//! One activity, run to completion in the calling thread.

use std::task::{Context, Poll, Waker};
use std::time::Duration;

use super::{Stop, stuck};
use crate::durable::{ActivityEntry, Attempt, Completion, Entry, Retry, Running};
use crate::engine::Scope;
use crate::schema::Stored;

/// How often an attempt is polled before it counts as waiting for something outside.
const POLLS_MAX: usize = 1_000;

/// Makes attempts until one succeeds or the policy gives up; pauses take no time here.
pub(super) fn run(
    entry: &Entry,
    activity: &ActivityEntry,
    args: &Stored,
    retry: Option<Retry>,
    key: &str,
) -> Result<Completion, Stop> {
    let retry = retry.unwrap_or(activity.options.retry);
    let mut attempt = 1;
    loop {
        let scope = Scope::detached(key, attempt);
        match complete(entry.name, (activity.run)(args.clone(), scope))? {
            Attempt::Error(_) if retry.again(attempt, Duration::ZERO) => attempt += 1,
            Attempt::Done(stored) | Attempt::Error(stored) | Attempt::Final(stored) => {
                return Ok(Completion::Value(stored));
            }
            Attempt::Refused(refusal) => return Err(refusal.into()),
        }
    }
}

fn complete(name: &str, mut running: Running) -> Result<Attempt, Stop> {
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..POLLS_MAX {
        if let Poll::Ready(attempt) = running.as_mut().poll(&mut context) {
            return Ok(attempt);
        }
    }
    let why = "the activity waits for something that only an engine can give".to_owned();
    Err(stuck(name, why))
}
