//! What the macros say about an entity's operations, and the call type that each of them has.

use std::convert::Infallible;
use std::marker::PhantomData;
use std::task::Poll;

use super::{Code, Entity, EntityContext, MethodEntry};
use crate::durable::{Arguments, Body, Call, Failure, Frame, Persist, Point, Turn};

/// The table of an entity's operations.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no operations",
    label = "there is no `#[entity] impl {Self}`"
)]
pub trait EntityBody: Entity {
    /// The operations.
    const METHODS: &'static [MethodEntry];
    /// The code of each, in the same order.
    const CODE: &'static [Code<Self>];
}

/// An operation of an entity; `O` stands for its method.
pub trait Operates<O: 'static>: Entity {
    /// `Account::deposit`, for messages.
    const CALL: &'static str;
    /// The method's name, which is stored.
    const METHOD: &'static str;
    /// Whether it takes `&self`.
    const READ_ONLY: bool;
    /// The parameters' names.
    const PARAMETERS: &'static [&'static str];
    /// The parameters.
    type Args: Arguments;
    /// The declared return type.
    type Output: Persist;
    /// Says an engine failure in the words of `Output`.
    ///
    /// # Errors
    /// Gives the failure back when `Output` has no way to say it.
    fn failed(failure: Failure) -> Result<Self::Output, Failure>;
    /// Whether the output is an `Err`.
    fn is_error(output: &Self::Output) -> bool;
}

/// An operation that does not wait.
pub trait SyncOperation<O: 'static>: Operates<O> {
    /// Calls the method.
    fn run(&mut self, cx: &mut EntityContext, args: Self::Args) -> Self::Output;
}

/// An `async` operation: its body is a step function, which takes `self` from the turn.
pub trait AsyncOperation<O: 'static>: Operates<O> {
    /// The names of the saved slots.
    const SLOTS: &'static [&'static str];
    /// The resume points.
    const POINTS: &'static [Point];
    /// Goes on from where the frame is.
    fn step(frame: &mut Frame<Of<Self, O>>, turn: &mut Turn) -> Poll<Self::Output>;
}

/// The call type of the operation `O` of `E`; it has no values.
#[derive(Debug)]
pub struct Of<E, O> {
    _never: Infallible,
    _of: PhantomData<fn() -> (E, O)>,
}

impl<E: Operates<O>, O: 'static> Call for Of<E, O> {
    const NAME: &'static str = E::CALL;
    const PARAMETERS: &'static [&'static str] = E::PARAMETERS;
    type Args = E::Args;
    type Output = E::Output;
    fn failed(failure: Failure) -> Result<E::Output, Failure> {
        E::failed(failure)
    }
}

impl<E: AsyncOperation<O>, O: 'static> Body for Of<E, O> {
    const SLOTS: &'static [&'static str] = E::SLOTS;
    const POINTS: &'static [Point] = E::POINTS;
    fn step(frame: &mut Frame<Self>, turn: &mut Turn) -> Poll<E::Output> {
        E::step(frame, turn)
    }
}
