//! `Operation`: one call of an instance that is under way, and its row.

use std::borrow::Cow;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::format::{self, Unreadable};
use super::history::Loose;
use super::limits::OPERATION_INLINE_BYTES_MAX;
use super::section::LockRequest;
use super::{Number, Parent};
use crate::durable::rsm::ReplyTo;
use crate::durable::{Completion, Retry, Timestamp};
use crate::schema::Stored;

/// A call that has not completed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Operation {
    /// An activity, running or waiting for its next attempt.
    Activity(Box<ActivityCall>),
    /// A timer.
    Timer {
        /// When it fires.
        due: Timestamp,
    },
    /// A call of an entity; its arguments left with the message.
    Entity {
        /// The entity's id.
        id: String,
    },
    /// A question to a machine; it left with the message.
    Ask {
        /// The machine's id.
        id: String,
    },
    /// What an entity is asked to do, and has not done: its mailbox, in order.
    Request(Box<EntityRequest>),
    /// A critical section that wants an entity locked; it waits among the requests.
    Lock(Box<LockRequest>),
    /// The entities of a critical section are being locked.
    Section,
    /// A child orchestration; its arguments left with the message that starts it.
    Child {
        /// The child's id.
        id: String,
        /// Its orchestration.
        name: Cow<'static, str>,
    },
    /// An event that is waited for.
    Event {
        /// Its name.
        name: String,
    },
}

/// What an entity is asked to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct EntityRequest {
    pub(crate) method: Cow<'static, str>,
    pub(crate) args: Stored,
    pub(crate) caller: Caller,
    /// The instance that sent it, if one did.
    pub(crate) from: Option<Number>,
    /// Not before.
    pub(crate) due: Option<Timestamp>,
}

/// Who waits for the result of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Caller {
    /// It is a signal.
    Nobody,
    /// A call of another instance.
    Instance(Parent),
    /// A client of this process, if it is still this process.
    Client,
    /// Whoever asks with this idempotency key.
    Key(String),
}

/// A call of an activity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ActivityCall {
    pub(crate) name: Cow<'static, str>,
    pub(crate) args: Stored,
    #[serde(serialize_with = "write_retry", deserialize_with = "read_retry")]
    pub(crate) retry: Retry,
    pub(crate) timeout: Option<Duration>,
    /// When the call was made: what `Retry::within` counts from.
    pub(crate) made_at: Timestamp,
    /// The attempt under way, or the one to be made at `retry_at`; from 1.
    pub(crate) attempt: u32,
    /// When the next attempt is made, if none is under way.
    pub(crate) retry_at: Option<Timestamp>,
    /// Attempts that do not count any more, because the call was made again.
    pub(crate) before: u32,
    /// How often the process died during it.
    pub(crate) restarts: u32,
    /// The last attempt was refused; the next is made when the instance is retried.
    pub(crate) halted: bool,
}

/// Most calls have the usual policy, which takes one byte.
fn write_retry<S: Serializer>(retry: &Retry, to: S) -> Result<S::Ok, S::Error> {
    let other = (*retry != Retry::default()).then_some(retry);
    other.serialize(to)
}

fn read_retry<'de, D: Deserializer<'de>>(from: D) -> Result<Retry, D::Error> {
    let other = Option::<Retry>::deserialize(from)?;
    Ok(other.unwrap_or_default())
}

impl Operation {
    /// Whether it is what others ask of an entity, not a call of the instance itself.
    pub(crate) fn is_asked_for(&self) -> bool {
        matches!(self, Operation::Request(_) | Operation::Lock(_))
    }

    /// Whether it is an activity of which no attempt is under way.
    pub(crate) fn pauses(&self) -> bool {
        matches!(self, Operation::Activity(call) if call.retry_at.is_some() || call.halted)
    }

    /// The bytes of its arguments, if it has them.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Operation::Activity(call) => call.args.bytes.len(),
            Operation::Request(request) => request.args.bytes.len(),
            _ => 0,
        }
    }

    /// Whether it is a request in the queue of an entity, not one whose time has not come.
    pub(crate) fn waits(&self) -> bool {
        match self {
            Operation::Request(request) => request.due.is_none(),
            Operation::Lock(_) => true,
            _ => false,
        }
    }

    /// The idempotency key of a request, if it has one.
    pub(crate) fn key(&self) -> Option<&str> {
        match self {
            Operation::Request(request) => match &request.caller {
                Caller::Key(key) => Some(key),
                Caller::Nobody | Caller::Instance(_) | Caller::Client => None,
            },
            _ => None,
        }
    }

    /// Whether it is small enough for the instance's row.
    pub(crate) fn is_small(&self) -> bool {
        match self {
            Operation::Activity(call) => call.args.bytes.len() <= OPERATION_INLINE_BYTES_MAX,
            Operation::Timer { .. } | Operation::Event { .. } | Operation::Section => true,
            Operation::Lock(lock) => lock.rest.is_empty(),
            Operation::Entity { id } | Operation::Ask { id } => {
                id.len() <= OPERATION_INLINE_BYTES_MAX
            }
            Operation::Request(_) => false,
            Operation::Child { id, .. } => id.len() <= OPERATION_INLINE_BYTES_MAX,
        }
    }
}

/// What a row under the number of an operation holds: the call, then its completion, until that is
/// taken, with the call again if that failed; or an event, until that is. Beside it stands what the history has to say of it, if the
/// instance was not written with it.
#[derive(Debug, PartialEq, Deserialize)]
pub(crate) enum OperationRow {
    Pending(Operation),
    Done(Completion, Option<Operation>, Option<Loose<'static>>),
    Event(String, Stored, ReplyTo, Option<Loose<'static>>),
}

/// The same, borrowed, to be written. Variants and fields are in the same order.
#[derive(Debug, Serialize)]
pub(crate) enum OperationRowRef<'a> {
    Pending(&'a Operation),
    Done(&'a Completion, Option<&'a Operation>, Option<Loose<'a>>),
    Event(&'a str, &'a Stored, &'a ReplyTo, Option<Loose<'a>>),
}

impl OperationRowRef<'_> {
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let start = out.len();
        format::write_behind(out, self);
        debug_assert!(
            OperationRow::read(&out[start..]).is_ok(),
            "an operation reads back"
        );
    }
}

impl OperationRow {
    pub(crate) fn read(row: &[u8]) -> Result<Self, Unreadable> {
        format::read(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(retry: Retry) -> Vec<u8> {
        let call = ActivityCall {
            name: "work".into(),
            args: Stored::write(&()).unwrap(),
            retry,
            timeout: None,
            made_at: Timestamp(0),
            attempt: 1,
            retry_at: None,
            before: 0,
            restarts: 0,
            halted: false,
        };
        let call = Operation::Activity(Box::new(call));
        let mut row = Vec::new();
        OperationRowRef::Pending(&call).write(&mut row);
        assert_eq!(OperationRow::read(&row), Ok(OperationRow::Pending(call)));
        row
    }

    #[test]
    fn the_usual_policy_of_retries_takes_one_byte() {
        let other = postcard::to_stdvec(&Retry::attempts(3)).unwrap();
        let more = row(Retry::attempts(3)).len() - row(Retry::default()).len();
        assert_eq!(more, other.len());
    }
}
