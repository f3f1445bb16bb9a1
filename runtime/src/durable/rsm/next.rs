//! `Next`: what a handler returns, at most one transition by type.

use std::borrow::Cow;
use std::fmt::Display;

use serde::{Deserialize, Serialize};

use super::{Rsm, Takes};
use crate::durable::{Persist, Refusal};
use crate::schema::Stored;

/// What comes after a handler: at most one transition, and it happens because it is returned
/// (P# rules 5 and 6: one of goto, push, pop, raise and halt, when the action is over).
///
/// A handler may also return `()`, which stays, or a `Result` of either: an `Err` undoes the event
/// and has it handled again later.
#[must_use = "a transition happens when the handler returns it"]
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
#[allow(missing_debug_implementations)]
pub struct Next<M: Rsm>(pub(super) Step<M>);

#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub(super) enum Step<M: Rsm> {
    Stay,
    Goto(M::State),
    Push(M::State),
    Pop,
    Halt,
    Raise(Cow<'static, str>, Stored),
    Refused(Refusal),
}

impl<M: Rsm> Next<M> {
    /// The state stays.
    pub fn stay() -> Self {
        Next(Step::Stay)
    }

    /// Leaves the state on top of the stack for another one: the exit action of the one, the entry
    /// action of the other. Going to the state it is in runs both.
    pub fn goto(state: M::State) -> Self {
        Next(Step::Goto(state))
    }

    /// Puts a state on top of the stack: its entry action is run, no exit action. It inherits what
    /// the states below say about events, besides their gotos and pushes.
    pub fn push(state: M::State) -> Self {
        Next(Step::Push(state))
    }

    /// Leaves the state on top of the stack for the one below: the exit action of the one, no entry
    /// action of the other.
    pub fn pop() -> Self {
        Next(Step::Pop)
    }

    /// Handles `event` next, before anything in the mailbox and in the same commit.
    pub fn raise<E>(event: E) -> Self
    where
        E: Persist,
        M: Takes<E>,
    {
        match Stored::write(&event) {
            Ok(value) => Next(Step::Raise(Cow::Borrowed(<M as Takes<E>>::EVENT), value)),
            Err(error) => {
                let place = format!("the event `{}`", <M as Takes<E>>::EVENT);
                Next(Step::Refused(Refusal::value(place, error)))
            }
        }
    }

    /// Ends the machine: its storage goes, and what was sent to it is dropped.
    pub fn halt() -> Self {
        Next(Step::Halt)
    }
}

/// What a handler of `M` may return.
#[diagnostic::on_unimplemented(
    message = "a handler of `{M}` cannot return `{Self}`",
    label = "not a transition",
    note = "return nothing, `Next<Self>`, or a `Result` of one of them"
)]
pub trait IntoNext<M: Rsm> {
    /// The transition.
    ///
    /// # Errors
    /// The text of an `Err`: the event is undone.
    fn into_next(self) -> Result<Next<M>, String>;
}

#[diagnostic::do_not_recommend]
impl<M: Rsm> IntoNext<M> for () {
    fn into_next(self) -> Result<Next<M>, String> {
        Ok(Next::stay())
    }
}

#[diagnostic::do_not_recommend]
impl<M: Rsm> IntoNext<M> for Next<M> {
    fn into_next(self) -> Result<Next<M>, String> {
        Ok(self)
    }
}

#[diagnostic::do_not_recommend]
impl<M: Rsm, T: IntoNext<M>, E: Display> IntoNext<M> for Result<T, E> {
    fn into_next(self) -> Result<Next<M>, String> {
        match self {
            Ok(next) => next.into_next(),
            Err(error) => Err(error.to_string()),
        }
    }
}
