//! Attempts of an instance's activities: begun, ended, judged, made again.

use std::sync::Arc;

use super::asks::{Asks, World};
use super::happened::{Happened, cut, error_in};
use super::instance::{Instance, unregistered};
use super::limits::RESTARTS_MAX;
use super::operation::{ActivityCall, Operation};
use super::{Number, Outcome, StartAttempt};
use crate::durable::limits::PAYLOAD_BYTES_MAX;
use crate::durable::{Completion, Entry, Failure, Refusal, Timestamp};
use crate::planted::planted;
use crate::schema::Stored;

impl Instance {
    /// One attempt has ended. Returns whether that changed anything (rule 17).
    pub(crate) fn attempt_ended(
        &mut self,
        operation: u64,
        attempt: u32,
        outcome: Outcome,
        world: World<'_>,
        asks: &mut Asks,
    ) -> bool {
        let Some(Operation::Activity(call)) = self.operations.get(operation) else {
            return false;
        };
        // A result counts whichever attempt it comes from (rule 17), and so does an error that is the
        // call's result; a failure that may be tried again only of the attempt under way.
        let current = call.attempt == attempt && call.retry_at.is_none();
        let name = call.name.clone();
        let error = self.history.is_on().then(|| error_of(&outcome)).flatten();
        let verdict = match outcome {
            Outcome::Cancelled if current => {
                self.attempt_stopped(operation, world, asks);
                return false;
            }
            Outcome::Cancelled => return false,
            // For this, or beside it, the call was made again.
            Outcome::Final(_) if attempt <= call.before && !planted!(RewoundErrorCounts) => {
                return false;
            }
            Outcome::Done(value) | Outcome::Final(value) => {
                Verdict::Complete(sized(&call.name, value))
            }
            Outcome::Refused(_) if !current => return false,
            Outcome::Refused(why) => Verdict::Halt(why),
            _ if !current && !planted!(LateFailureCounts) => return false,
            failed => judge(call, failed, world, self.seed(operation)),
        };
        match verdict {
            Verdict::Complete(result) => {
                self.tell_with(
                    operation,
                    Happened::activity(operation, name, attempt, error, &result),
                );
                let completion = match result {
                    Ok(value) => Completion::Value(value),
                    Err(failure) => self.say(operation, failure, world),
                };
                self.complete(operation, completion);
            }
            Verdict::Again(again) => {
                self.tell(Happened::AttemptFailed {
                    operation,
                    name,
                    attempt,
                    error: error.unwrap_or_default(),
                    again,
                });
                self.change_activity(operation, |call| {
                    call.attempt = call.attempt.saturating_add(1);
                    call.retry_at = Some(again);
                });
                if !planted!(RetryForgotten) {
                    asks.remind.push((again, operation));
                }
            }
            Verdict::Halt(why) => {
                self.change_activity(operation, |call| call.halted = true);
                self.park(why, asks);
            }
        }
        true
    }

    /// What the jitter of a call's retries is taken from.
    fn seed(&self, operation: u64) -> u64 {
        let Number { partition, n } = self.number;
        n ^ u64::from(partition) << 48 ^ operation.rotate_left(24)
    }

    /// It was left by an earlier life: its activities run again. After an unclean close the
    /// attempts are counted before that (rule 18).
    pub(crate) fn resume(&mut self, clean: bool, world: World<'_>, asks: &mut Asks) {
        for operation in self.operations.numbers() {
            let Some(Operation::Activity(call)) = self.operations.get(operation) else {
                continue;
            };
            let waits_until = call.retry_at;
            if call.halted {
                continue;
            }
            if let Some(at) = waits_until {
                asks.remind.push((at, operation));
            } else if clean || planted!(DeadAttemptUncounted) {
                self.start_attempt(operation, world, asks);
            } else {
                self.restart_attempt(operation, world, asks);
            }
        }
    }

    fn restart_attempt(&mut self, operation: u64, world: World<'_>, asks: &mut Asks) {
        let mut over = None;
        if let Some(Operation::Activity(call)) = self.operations.get(operation) {
            let (name, attempt) = (call.name.clone(), call.attempt);
            self.tell(Happened::AttemptLost {
                operation,
                name,
                attempt,
            });
        }
        self.change_activity(operation, |call| {
            call.attempt = call.attempt.saturating_add(1);
            call.restarts = call.restarts.saturating_add(1);
            if call.restarts > RESTARTS_MAX && !planted!(RestartsUnlimited) {
                over = Some(Failure::Failed {
                    call: call.name.clone().into_owned(),
                    message: format!(
                        "the process ended {} times while it ran, more than {}",
                        call.restarts, RESTARTS_MAX
                    ),
                });
            }
        });
        match over {
            None => self.start_attempt(operation, world, asks),
            Some(failure) => {
                let completion = self.say(operation, failure, world);
                self.complete(operation, completion);
            }
        }
    }

    /// Begins the attempt that the call stands at.
    pub(crate) fn start_attempt(&mut self, operation: u64, world: World<'_>, asks: &mut Asks) {
        let Some(Operation::Activity(call)) = self.operations.get(operation) else {
            return;
        };
        let Some(entry) = world.program.activity(&call.name) else {
            let why = unregistered("activity", &call.name);
            self.change_activity(operation, |call| call.halted = true);
            self.park(why, asks);
            return;
        };
        asks.starts.push(self.attempt(operation, call, entry));
    }

    /// The attempt that a call of this activity stands at.
    pub(super) fn attempt(
        &self,
        operation: u64,
        call: &ActivityCall,
        entry: Arc<Entry>,
    ) -> StartAttempt {
        StartAttempt {
            instance: self.number,
            instance_id: self.id.clone(),
            operation,
            attempt: call.attempt,
            entry,
            args: call.args.clone(),
            timeout: call.timeout,
        }
    }
}

/// What an attempt that failed said, in words.
fn error_of(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Done(_) | Outcome::Cancelled => None,
        Outcome::Error(value) | Outcome::Final(value) => {
            Some(error_in(value).unwrap_or_else(|| "it returned an error".to_owned()))
        }
        Outcome::TimedOut { after_ms } => Some(format!("it took longer than {after_ms} ms")),
        Outcome::Panicked(message) => Some(cut(format!("it panicked: {message}"))),
        Outcome::Refused(why) => Some(cut(why.to_string())),
    }
}

enum Verdict {
    Complete(Result<Stored, Failure>),
    Again(Timestamp),
    Halt(Refusal),
}

/// The retry decision (the policy of Durable Functions).
fn judge(call: &ActivityCall, failed: Outcome, world: World<'_>, seed: u64) -> Verdict {
    // Attempts that ended with the process are no failures of the activity.
    let uncounted = call.restarts.saturating_add(call.before);
    let failed_attempts = call.attempt.saturating_sub(uncounted).max(1);
    let elapsed = call.made_at.until(world.now);
    if call.retry.again(failed_attempts, elapsed) {
        let pause = call.retry.pause(failed_attempts, seed);
        return Verdict::Again(world.now.after(pause));
    }
    let name = call.name.clone().into_owned();
    Verdict::Complete(match failed {
        Outcome::Error(value) => sized(&call.name, value),
        Outcome::TimedOut { after_ms } => Err(Failure::TimedOut {
            call: name,
            after_ms,
            attempts: call.attempt,
        }),
        Outcome::Panicked(message) => Err(Failure::Panicked {
            call: name,
            message,
        }),
        Outcome::Done(_) | Outcome::Final(_) | Outcome::Cancelled | Outcome::Refused(_) => {
            unreachable!("only failures are judged")
        }
    })
}

/// A result within the limit.
fn sized(call: &str, value: Stored) -> Result<Stored, Failure> {
    let max = PAYLOAD_BYTES_MAX;
    if value.bytes.len() <= max {
        return Ok(value);
    }
    Err(Failure::LimitExceeded {
        call: call.to_owned(),
        limit: format!("its result is {} bytes, more than {max}", value.bytes.len()),
    })
}
