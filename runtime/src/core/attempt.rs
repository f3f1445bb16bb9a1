//! `StartAttempt` and `AttemptEnded`: the conversation about one attempt of an activity.

use std::sync::Arc;
use std::time::Duration;

use super::Number;
use crate::durable::{Entry, Refusal};
use crate::schema::Stored;

/// Asks for one attempt of an activity; its request is durable.
#[derive(Clone, Debug)]
pub struct StartAttempt {
    /// The instance that called it.
    pub instance: Number,
    /// That instance's id.
    pub instance_id: Arc<str>,
    /// The number of the call within the instance.
    pub operation: u64,
    /// Which attempt it is, counted from 1.
    pub attempt: u32,
    /// The activity.
    pub entry: Arc<Entry>,
    /// Its arguments.
    pub args: Stored,
    /// How long the attempt may take.
    pub timeout: Option<Duration>,
}

/// Tells how one attempt ended. Telling it twice, or late, does no harm.
#[derive(Debug)]
pub struct AttemptEnded {
    /// The instance that called it.
    pub instance: Number,
    /// The number of the call within the instance.
    pub operation: u64,
    /// Which attempt it was.
    pub attempt: u32,
    /// How it ended.
    pub outcome: Outcome,
}

impl Outcome {
    /// About how much there is to keep of it.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Outcome::Done(value) | Outcome::Error(value) | Outcome::Final(value) => {
                value.bytes.len()
            }
            _ => 0,
        }
    }
}

/// How one attempt ended.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    /// It returned a value that is not an error.
    Done(Stored),
    /// It returned an error: the retry policy decides whether that is the call's result.
    Error(Stored),
    /// It returned an error that the policy is not for: it is the call's result.
    Final(Stored),
    /// It took longer than its timeout.
    TimedOut {
        /// The timeout, in milliseconds.
        after_ms: u64,
    },
    /// It panicked, with this message.
    Panicked(String),
    /// It was stopped because it was cancelled or the engine closes: nothing is concluded from it.
    Cancelled,
    /// Its arguments could not be read, or its output not be written: the instance is parked.
    Refused(Refusal),
}
