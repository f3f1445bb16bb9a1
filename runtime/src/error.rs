//! `Error`: what the engine answers when it cannot do what was asked, with the remedy.

use std::sync::Arc;

use crate::core::{Answer, Status};
use crate::durable::limits::{INSTANCE_ID_BYTES_MAX, PAYLOAD_BYTES_MAX};
use crate::durable::{Failure, InvalidSchedule, Refusal};
use crate::engine::KernelError;
use crate::schema::ValueError;
use crate::store::StoreError;

/// `std::result::Result` with [`Error`] unless another error is named.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why the engine did not do what was asked. Each message names the thing and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The store refused, or failed.
    #[error(transparent)]
    Store(Arc<StoreError>),
    /// A row of the store does not have the form this version writes.
    #[error(
        "{what} cannot be read: {why}; open the store with the version that wrote it, or restore \
         a backup"
    )]
    Unreadable {
        /// Which row.
        what: String,
        /// Why.
        why: String,
    },
    /// Two annotated functions have one name.
    #[error(
        "two items are named `{name}`: {}; rename one of them or give it another stored name: \
         `#[activity(name = \"..\")]`",
        at.join(" and ")
    )]
    TwoOfOneName {
        /// The stored name.
        name: String,
        /// Where they are, as `file:line`.
        at: Vec<String>,
    },
    /// An activity takes a state that the engine was not given.
    #[error(
        "activity `{activity}` ({at}) takes `State<{state}>`, but the engine has none; give it one: \
         `Engine::builder().state(..)`"
    )]
    MissingState {
        /// The activity.
        activity: String,
        /// Where it is, as `file:line`.
        at: String,
        /// The state's type.
        state: String,
    },
    /// The engine was opened outside of a tokio runtime, or in one without timers.
    #[error("the engine cannot run activities here: {problem}")]
    NoRuntime {
        /// What is missing, and what to do.
        problem: &'static str,
    },
    /// An option of the builder has a value that cannot be.
    #[error("`{option}` is {value}; it must be {allowed}")]
    BadOption {
        /// The builder's method.
        option: &'static str,
        /// The value it was given.
        value: u64,
        /// The values it takes.
        allowed: &'static str,
    },
    /// The version the engine was given is empty or too long.
    #[error("the engine's version has {bytes} bytes; it must have 1 to {max}, like `1.4.0`")]
    BadVersion {
        /// Its length in bytes.
        bytes: usize,
        /// The limit in bytes.
        max: usize,
    },
    /// A generic orchestration that was never registered.
    #[error(
        "`{call}` is not registered with this engine; a generic function is registered once for \
         each of its types: `Engine::builder().register_orchestration::<{call}>(\"a name\")`"
    )]
    UnregisteredCall {
        /// The call's type.
        call: &'static str,
    },
    /// The arguments of a call are too large. Nothing was started.
    #[error(
        "the arguments of `{call}` are {bytes} bytes, more than {max}; keep large data elsewhere \
         and pass a reference to it"
    )]
    PayloadTooLarge {
        /// The call's stored name.
        call: &'static str,
        /// The encoded size in bytes.
        bytes: usize,
        /// The limit in bytes.
        max: usize,
    },
    /// The arguments of a call cannot be written. Nothing was started.
    #[error("the arguments of `{call}` cannot be written: {source}")]
    BadArguments {
        /// The call's stored name.
        call: &'static str,
        /// What serde said.
        source: ValueError,
    },
    /// The result of an instance cannot be read as this program's type.
    #[error(
        "the result of `{id}` cannot be read as the type this program has now: {source}; it is \
         still stored, read it with a program that has the old type"
    )]
    BadResult {
        /// The instance.
        id: String,
        /// Why.
        source: ValueError,
    },
    /// An instance id is empty.
    #[error("an instance id is empty; choose one that names the work, like `order-17`")]
    IdEmpty,
    /// An instance id is too long.
    #[error(
        "the instance id `{start}..` is {bytes} bytes, more than {max}; use a digest of what \
         makes it long"
    )]
    IdTooLong {
        /// How it begins.
        start: String,
        /// Its length in bytes.
        bytes: usize,
        /// The limit in bytes.
        max: usize,
    },
    /// A schedule that cannot be.
    #[error(transparent)]
    InvalidSchedule(#[from] InvalidSchedule),
    /// There is no instance of this id.
    #[error("there is no instance `{id}`; it was never started here, or it was purged")]
    NotFound {
        /// The id.
        id: String,
    },
    /// The id belongs to an instance of another orchestration.
    #[error(
        "instance `{id}` is a `{found}`, not a `{asked}`; ids are shared by all orchestrations, \
         choose another one"
    )]
    AnotherOrchestration {
        /// The id.
        id: String,
        /// The orchestration that was asked for.
        asked: String,
        /// The orchestration it was started with.
        found: String,
    },
    /// The instance ended without a result that its return type can say.
    #[error("instance `{id}` failed: {failure}")]
    Failed {
        /// The instance.
        id: String,
        /// Why.
        #[source]
        failure: Failure,
    },
    /// The instance cannot go on with this program and was set aside; nothing of it is lost.
    #[error("instance `{id}` is parked: {reason}{}", remedy(.id, .reason))]
    Parked {
        /// The instance.
        id: String,
        /// Why.
        #[source]
        reason: Box<Refusal>,
    },
    /// What was asked for does not go with the instance's status. Nothing was done.
    #[error("instance `{id}` is {status}; {remedy}")]
    WrongStatus {
        /// The instance.
        id: String,
        /// Its status.
        status: Status,
        /// What it takes.
        remedy: &'static str,
    },
    /// The instance failed, but it is replayed, or no call had failed that can be made again. Nothing
    /// was done.
    #[error(
        "instance `{id}` cannot be rewound: it is replayed, or no call had failed that can be \
         made again; begin it again with `engine.restart(\"{id}\")`"
    )]
    NotRewindable {
        /// The instance.
        id: String,
    },
    /// An instance has too many events that it did not take. Nothing was raised.
    #[error(
        "instance `{id}` has {events} events that it did not take; raise more when it has taken some"
    )]
    MailboxFull {
        /// The instance.
        id: String,
        /// How many.
        events: usize,
    },
    /// The value of an event is too large. Nothing was raised.
    #[error(
        "the event `{event}` is {bytes} bytes, more than {max}; keep large data elsewhere and raise \
         a reference to it"
    )]
    EventTooLarge {
        /// The event's name.
        event: String,
        /// The encoded size in bytes.
        bytes: usize,
        /// The limit in bytes.
        max: usize,
    },
    /// The value of an event cannot be written. Nothing was raised.
    #[error("the event `{event}` cannot be written: {source}")]
    BadEvent {
        /// The event's name.
        event: String,
        /// What serde said.
        source: ValueError,
    },
    /// The kernel refused the command for another reason. Nothing was done.
    #[error("the kernel refused what was asked of `{id}`: {why}")]
    Invalid {
        /// The instance.
        id: String,
        /// What is wrong.
        why: String,
    },
    /// The engine takes no new work for the moment: it has [too much to
    /// do](crate::EngineBuilder::work_max), an entity has too many requests, or disk is short. Nothing
    /// was done; ask again after a pause.
    #[error("the engine is busy: {why}; try again later")]
    Busy {
        /// What is full or short, its limit, and what helps.
        why: String,
    },
    /// The idempotency key was used for another request: another instance, operation, event, or
    /// other arguments. Nothing was done.
    #[error(
        "the idempotency key `{key}` was used for {of}, or with other arguments; give each request \
         a key of its own"
    )]
    AnotherRequest {
        /// The key.
        key: Box<str>,
        /// What it was used for.
        of: Box<str>,
    },
    /// The store failed while an entity was asked: the operation was done, or not.
    #[error(
        "the store failed while `{id}` was asked to do something, which was done or not: look at \
         its state; what must be done once is given an idempotency key"
    )]
    InDoubt {
        /// The entity.
        id: String,
    },
    /// The engine was shut down, or has failed.
    #[error("the engine is closed: {why}; what was accepted is stored, open the store again")]
    Closed {
        /// Why.
        why: String,
    },
}

/// What to do about a parked instance, unless its reason says it.
fn remedy(id: &str, reason: &Refusal) -> String {
    match reason {
        Refusal::AnotherVersion { .. } => String::new(),
        _ => format!("; mend that and call `engine.retry(\"{id}\")`"),
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Error::Store(Arc::new(error))
    }
}

impl From<KernelError> for Error {
    fn from(error: KernelError) -> Self {
        match error {
            KernelError::Store(error) => Error::Store(error),
            KernelError::Unreadable { what, why } => Error::Unreadable { what, why },
            KernelError::Closed => Error::closed("it was shut down"),
            KernelError::Stopped { why } => Error::Closed { why },
        }
    }
}

impl Error {
    pub(crate) fn closed(why: impl Into<String>) -> Self {
        Error::Closed { why: why.into() }
    }

    pub(crate) fn parked(id: impl Into<String>, reason: Refusal) -> Self {
        let reason = Box::new(reason);
        Error::Parked {
            id: id.into(),
            reason,
        }
    }

    /// The error behind an answer other than the one that was hoped for.
    pub(crate) fn refused(id: &str, asked: &str, answer: Answer) -> Self {
        let id = id.to_owned();
        match answer {
            Answer::NotFound => Error::NotFound { id },
            Answer::Busy { why } => Error::Busy { why },
            Answer::InDoubt => Error::InDoubt { id },
            Answer::Invalid { why } => Error::Invalid { id, why },
            Answer::AnotherRequest { key, id, what } => {
                let (key, of) = (key.into(), format!("`{what}` of `{id}`").into());
                Error::AnotherRequest { key, of }
            }
            Answer::AnotherOrchestration { name: found } => {
                let asked = asked.to_owned();
                Error::AnotherOrchestration { id, asked, found }
            }
            Answer::MailboxFull { events } => Error::MailboxFull { id, events },
            Answer::Parked(reason) => Error::parked(id, reason),
            answer => Error::Invalid {
                id,
                why: format!("the kernel gave an answer to another question: {answer:?}"),
            },
        }
    }

    /// Checks the size of encoded arguments.
    pub(crate) fn check_payload(call: &'static str, bytes: usize) -> Result<()> {
        let max = PAYLOAD_BYTES_MAX;
        if bytes > max {
            return Err(Error::PayloadTooLarge { call, bytes, max });
        }
        Ok(())
    }

    /// Checks an instance id.
    pub(crate) fn check_id(id: &str) -> Result<()> {
        let max = INSTANCE_ID_BYTES_MAX;
        if id.is_empty() {
            return Err(Error::IdEmpty);
        }
        if id.len() > max {
            return Err(Error::IdTooLong {
                start: id.chars().take(32).collect(),
                bytes: id.len(),
                max,
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_is_too_long_is_shown_by_its_beginning() {
        let id = "ü".repeat(INSTANCE_ID_BYTES_MAX);
        let message = Error::check_id(&id).unwrap_err().to_string();
        assert!(message.starts_with("the instance id `üüü"), "{message}");
        assert!(message.contains("1024 bytes, more than 512"), "{message}");
    }

    #[test]
    fn an_id_of_the_greatest_length_is_taken() {
        assert!(Error::check_id(&"x".repeat(INSTANCE_ID_BYTES_MAX)).is_ok());
    }

    #[test]
    fn an_error_is_small_enough_to_be_returned_by_value() {
        assert!(size_of::<Error>() <= 128, "{}", size_of::<Error>());
    }
}
