//! `HistoryEntry`: one thing that happened to an instance.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::limits::HISTORY_TEXT_BYTES_MAX;
use super::operation::Operation;
use super::{Ending, Parent, Status};
use crate::durable::{Completion, Failure, Request, Timestamp};
use crate::schema::{Body, Stored, Value};

/// One entry of an instance's history. It prints as one line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HistoryEntry {
    /// Its place among all entries of the instance, from 0. It counts those that were dropped too.
    pub number: u64,
    /// When it happened, in engine time.
    pub at: Timestamp,
    /// What happened.
    pub what: Happened,
}

/// Who started an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Starter {
    /// A client, by its id.
    Client,
    /// A client that began an ended instance again.
    Restart,
    /// An instance that waits for its result.
    Parent(Parent),
    /// An instance that does not wait for it.
    Instance,
    /// Whoever used the entity first.
    FirstUse,
}

/// What happened to an instance. Numbers like `#3` are those of its calls.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(
    missing_docs,
    reason = "fields are said by their variants; names are stored names, texts are cut at 200 bytes"
)]
pub enum Happened {
    /// It was started.
    Started { by: Starter, args_bytes: u64 },
    /// It came to wait at another resume point.
    Waits { point: String },
    /// It called an activity.
    ActivityCalled {
        operation: u64,
        name: Cow<'static, str>,
        args_bytes: u64,
    },
    /// An attempt failed; the next one is made at `again`.
    AttemptFailed {
        operation: u64,
        name: Cow<'static, str>,
        attempt: u32,
        error: String,
        again: Timestamp,
    },
    /// The process ended during an attempt.
    AttemptLost {
        operation: u64,
        name: Cow<'static, str>,
        attempt: u32,
    },
    /// An activity has a result.
    ActivityCompleted {
        operation: u64,
        name: Cow<'static, str>,
        attempt: u32,
        bytes: u64,
    },
    /// The last attempt of an activity failed.
    ActivityFailed {
        operation: u64,
        name: Cow<'static, str>,
        attempt: u32,
        error: String,
    },
    /// It set a timer.
    TimerSet { operation: u64, due: Timestamp },
    /// A timer fired.
    TimerFired { operation: u64 },
    /// It called another orchestration.
    ChildCalled {
        operation: u64,
        name: Cow<'static, str>,
        id: String,
    },
    /// That has ended, with this error if it failed.
    ChildEnded {
        operation: u64,
        name: Cow<'static, str>,
        id: String,
        status: Status,
        error: Option<String>,
    },
    /// It called an operation of an entity.
    EntityCalled {
        operation: u64,
        entity: String,
        method: Cow<'static, str>,
    },
    /// That has answered, with this error if it failed.
    EntityAnswered {
        operation: u64,
        entity: String,
        error: Option<String>,
    },
    /// It asked a machine.
    MachineAsked {
        operation: u64,
        machine: String,
        event: Cow<'static, str>,
    },
    /// That has answered, or never will, for this reason.
    MachineAnswered {
        operation: u64,
        machine: String,
        error: Option<String>,
    },
    /// A machine has handled an event, and is in these states.
    Handled { event: String, states: String },
    /// It wants to lock entities, for a critical section.
    SectionAwaited { operation: u64, entities: String },
    /// They are locked: it is in the section.
    SectionEntered { operation: u64 },
    /// It has left the section.
    SectionLeft { operation: u64 },
    /// An entity was locked for a critical section.
    Locked { by: Parent },
    /// It is free again.
    Unlocked { by: Parent },
    /// It sent a signal to an entity.
    Signalled {
        entity: String,
        method: Cow<'static, str>,
    },
    /// It started an orchestration for which it does not wait.
    Detached { id: String, name: String },
    /// It waits for an event.
    EventAwaited { operation: u64, name: String },
    /// An event arrived.
    EventArrived { name: String, bytes: u64 },
    /// It raised an event of another instance.
    EventRaised { id: String, name: String },
    /// It does not wait for a call any more.
    GivenUp { operation: u64 },
    /// An entity has served a request, with this error if it failed.
    Served {
        method: Cow<'static, str>,
        caller: Option<Parent>,
        error: Option<String>,
    },
    /// It was suspended.
    Suspended { reason: String },
    /// It was resumed.
    Resumed,
    /// It was set aside.
    Parked { why: String },
    /// It was let go on after that.
    Retried,
    /// It was rewound after it had failed.
    Rewound { reason: String },
    /// It began again.
    ContinuedAsNew { args_bytes: u64 },
    /// It returned.
    Returned { bytes: u64 },
    /// It failed.
    Failed { error: String },
    /// It was cancelled.
    Cancelled,
    /// It was terminated.
    Terminated { reason: String },
}

impl Happened {
    /// It made a call; `of` says what an entity is asked for, or which ones are locked.
    pub(super) fn called(operation: u64, call: &Operation, of: Cow<'static, str>) -> Happened {
        match call {
            Operation::Activity(call) => Happened::ActivityCalled {
                operation,
                name: call.name.clone(),
                args_bytes: call.args.bytes.len() as u64,
            },
            Operation::Timer { due } => Happened::TimerSet {
                operation,
                due: *due,
            },
            Operation::Entity { id } => Happened::EntityCalled {
                operation,
                entity: id.clone(),
                method: of,
            },
            Operation::Ask { id } => Happened::MachineAsked {
                operation,
                machine: id.clone(),
                event: of,
            },
            Operation::Section => Happened::SectionAwaited {
                operation,
                entities: of.into_owned(),
            },
            Operation::Child { id, name } => Happened::ChildCalled {
                operation,
                name: name.clone(),
                id: id.clone(),
            },
            Operation::Event { name } => Happened::EventAwaited {
                operation,
                name: name.clone(),
            },
            Operation::Request(_) | Operation::Lock(_) => {
                unreachable!("an instance does not ask itself")
            }
        }
    }

    /// An activity has come to its result, with this error if the attempt failed.
    pub(super) fn activity(
        operation: u64,
        name: Cow<'static, str>,
        attempt: u32,
        error: Option<String>,
        result: &Result<Stored, Failure>,
    ) -> Happened {
        let error = match result {
            Err(failure) => Some(error.unwrap_or_else(|| cut(failure.to_string()))),
            Ok(_) => error,
        };
        match (error, result) {
            (None, Ok(value)) => Happened::ActivityCompleted {
                operation,
                name,
                attempt,
                bytes: value.bytes.len() as u64,
            },
            (error, _) => Happened::ActivityFailed {
                operation,
                name,
                attempt,
                error: error.unwrap_or_default(),
            },
        }
    }

    /// How an instance ended.
    pub(super) fn ended(ending: &Ending) -> Happened {
        match ending {
            Ending::Completed(value) => Happened::Returned {
                bytes: value.bytes.len() as u64,
            },
            Ending::Error(value) => Happened::Failed {
                error: error_in(value).unwrap_or_default(),
            },
            Ending::Failed(failure) => Happened::Failed {
                error: cut(failure.to_string()),
            },
            Ending::Cancelled => Happened::Cancelled,
            Ending::Terminated { reason } => Happened::Terminated {
                reason: cut(reason.clone()),
            },
        }
    }
}

/// The operation of an entity that is called, or the entities to be locked.
pub(super) fn what_of(request: &Request) -> Cow<'static, str> {
    match request {
        Request::Operate { method, .. } => Cow::Borrowed(method),
        Request::Ask { name, .. } => Cow::Borrowed(name),
        Request::Lock { entities, .. } => {
            let mut ids: Vec<&str> = entities.iter().map(|(id, _)| &**id).collect();
            ids.sort_unstable();
            ids.dedup();
            let mut text = String::with_capacity(64);
            for id in ids {
                let before = if text.is_empty() { "`" } else { ", `" };
                text.extend([before, id, "`"]);
            }
            Cow::Owned(cut(text))
        }
        _ => Cow::Borrowed(""),
    }
}

/// The error that a completion is, in words.
pub(super) fn error_of(completion: &Completion) -> Option<String> {
    match completion {
        Completion::Value(value) => error_in(value),
        Completion::Failed(failure) => Some(cut(failure.to_string())),
    }
}

/// Why a child failed, in words, if it did.
pub(super) fn error_of_ending(ending: &Ending) -> Option<String> {
    match ending {
        Ending::Completed(_) => None,
        Ending::Error(value) => error_in(value),
        Ending::Failed(failure) => Some(cut(failure.to_string())),
        Ending::Terminated { reason } => Some(cut(reason.clone())),
        Ending::Cancelled => None,
    }
}

/// The error in a value, in words, if it is an `Err`.
pub(super) fn error_in(value: &Stored) -> Option<String> {
    if !value.is_err() {
        return None;
    }
    match value.describe() {
        Ok(Value::Variant { name, body, .. }) => Some(cut(match body {
            Body::Newtype(error) => error.to_string(),
            _ => name.to_string(),
        })),
        _ => None,
    }
}

/// A text of bounded length.
pub(super) fn cut(mut text: String) -> String {
    if text.len() > HISTORY_TEXT_BYTES_MAX {
        text.truncate(text.floor_char_boundary(HISTORY_TEXT_BYTES_MAX));
        text.push('…');
    }
    text
}
