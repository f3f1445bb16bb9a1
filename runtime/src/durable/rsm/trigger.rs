//! `Trigger`: what a handler is run for, and what it may take of that.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use serde::{Deserialize, Serialize};

use super::{Cx, Rsm, Takes};
use crate::durable::{Persist, Refusal};
use crate::schema::Stored;

/// What a handler is run for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Trigger {
    /// The machine is created.
    Created,
    /// Nothing that waits can be taken: `default`.
    Nothing,
    /// An event has come, or was raised.
    Event(Cow<'static, str>, Stored),
}

/// Who waits for the answer to an event.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReplyTo {
    /// It was sent, not asked.
    #[default]
    Nobody,
    /// An `ask` of an instance.
    Call {
        /// The instance's partition.
        partition: u16,
        /// Its number there.
        n: u64,
        /// The operation.
        operation: u64,
    },
    /// A client of this process, if it is still this process.
    Client {
        /// The machine's partition.
        partition: u16,
        /// Its number there.
        n: u64,
        /// The event's number in the mailbox.
        event: u64,
    },
    /// Whoever asks with this idempotency key.
    Key(String),
}

/// An event that can be asked, and what its answer is.
///
/// ```
/// use undying::prelude::*;
///
/// #[derive(Serialize, Deserialize)]
/// struct HowMany;
///
/// impl Question for HowMany {
///     type Answer = u64;
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be asked",
    label = "this event has no answer",
    note = "`impl Question for {Self} {{ type Answer = ..; }}`, or send it, one way"
)]
pub trait Question: Persist {
    /// The type of the answer.
    type Answer: Persist;
}

/// Where an answer of the type `A` is waited for. It can be kept in the machine, sent, and answered
/// in a later event: [`Cx::reply`]. Whoever takes it has to answer it: the other side waits.
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
#[must_use = "somebody waits for the answer: `cx.reply(to, answer)`"]
pub struct Reply<A> {
    pub(super) to: ReplyTo,
    answer: PhantomData<fn(A)>,
}

impl<A> Reply<A> {
    pub(super) fn new(to: ReplyTo) -> Self {
        let answer = PhantomData;
        Reply { to, answer }
    }
}

impl<A> fmt::Debug for Reply<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reply").field(&self.to).finish()
    }
}

/// A [`Question`] with the one who waits for its answer: what a handler takes instead of the event
/// itself if it wants to answer. It derefs to the event.
#[must_use = "somebody waits for the answer: `cx.reply(asked.reply_to, answer)`"]
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Asked<E: Question> {
    /// The event.
    pub event: E,
    /// Where its answer is waited for; if the event was sent, nowhere.
    pub reply_to: Reply<E::Answer>,
}

impl<E: Question> Deref for Asked<E> {
    type Target = E;
    fn deref(&self) -> &E {
        &self.event
    }
}

/// What the handler of the event `E` may take.
#[diagnostic::on_unimplemented(
    message = "a handler of `{E}` cannot take `{Self}`",
    label = "its row is for another event",
    note = "take the event itself, `{E}`, or `Asked<{E}>` to answer it"
)]
pub trait FromEvent<E>: Sized {
    /// Makes it of the event.
    fn from_event<M: Rsm>(event: E, cx: &mut Cx<M>) -> Self;
}

impl<E> FromEvent<E> for E {
    fn from_event<M: Rsm>(event: E, _: &mut Cx<M>) -> Self {
        event
    }
}

impl<E: Question> FromEvent<E> for Asked<E> {
    fn from_event<M: Rsm>(event: E, cx: &mut Cx<M>) -> Self {
        let reply_to = Reply::new(cx.take_reply_to());
        Asked { event, reply_to }
    }
}

/// What a machine can be sent.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the event of a machine",
    label = "waits in the mailbox, so it must be stored",
    note = "derive `Serialize` and `Deserialize` for it"
)]
pub trait Event: Persist {}

#[diagnostic::do_not_recommend]
impl<T: Persist> Event for T {}

/// Reads the event of this name.
///
/// # Errors
/// The value is another's.
pub fn read<E: Event>(name: &str, value: &Stored) -> Result<E, Refusal> {
    let read = value.read::<E>();
    read.map_err(|error| Refusal::value(format!("the event `{name}`"), error))
}

/// What the handler of the event `E` takes, from what it is run for.
///
/// # Errors
/// The event cannot be read as an `E`.
pub fn given<M: Takes<E>, E, T: FromEvent<E>>(
    trigger: &Trigger,
    cx: &mut Cx<M>,
) -> Result<T, Refusal> {
    match trigger {
        Trigger::Event(_, value) => Ok(T::from_event(M::read(value)?, cx)),
        Trigger::Created | Trigger::Nothing => Err(no_event::<M>()),
    }
}

/// What a handler of several events takes: whichever has come.
///
/// # Errors
/// The event cannot be read.
pub fn several<M: Rsm, T: FromEvent<M::Event>>(
    trigger: &Trigger,
    cx: &mut Cx<M>,
) -> Result<T, Refusal> {
    match event::<M>(trigger)? {
        Some(event) => Ok(T::from_event::<M>(event, cx)),
        None => Err(no_event::<M>()),
    }
}

/// What a handler takes that is run without an event, too: none at creation and when nothing could
/// be taken.
///
/// # Errors
/// The event cannot be read.
pub fn perhaps<M: Rsm, T: FromEvent<Option<M::Event>>>(
    trigger: &Trigger,
    cx: &mut Cx<M>,
) -> Result<T, Refusal> {
    Ok(T::from_event::<M>(event::<M>(trigger)?, cx))
}

fn event<M: Rsm>(trigger: &Trigger) -> Result<Option<M::Event>, Refusal> {
    match trigger {
        Trigger::Created | Trigger::Nothing => Ok(None),
        Trigger::Event(name, value) => M::read_event(name, value).map(Some),
    }
}

fn no_event<M: Rsm>() -> Refusal {
    Refusal::Stuck {
        body: M::NAME.to_owned(),
        why: "a handler of an event was run without one".to_owned(),
    }
}

/// A `#[volatile]` field as it is when the others have been read.
#[must_use]
pub fn volatile<T: Volatile>() -> T {
    T::default()
}

/// What a `#[volatile]` field can be.
#[diagnostic::on_unimplemented(
    message = "a field of type `{Self}` cannot be volatile",
    label = "has no `Default`, and it is not stored",
    note = "derive `Default` for it, or make the field an `Option`: `#[activate]` fills it"
)]
pub trait Volatile: Default {}

#[diagnostic::do_not_recommend]
impl<T: Default> Volatile for T {}
