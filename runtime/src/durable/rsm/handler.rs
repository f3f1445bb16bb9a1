//! The rows of an rsm's table of handlers: what each takes, and how it is run.

use std::convert::Infallible;
use std::marker::PhantomData;
use std::task::Poll;

use super::{Cx, IntoNext, Next, Rsm, Trigger};
use crate::durable::{
    Arguments, Body, Call, Failure, Frame, Parts, Pending, Persist, Point, Refusal, Saver, Turn,
    Waits,
};

/// A handler of an rsm; `O` stands for its method.
pub trait Handles<O: 'static>: Rsm {
    /// `Pool::resize`, for messages.
    const CALL: &'static str;
}

/// A handler that does not wait.
pub trait SyncHandler<O: 'static>: Handles<O> {
    /// Calls the method.
    ///
    /// # Errors
    /// What it takes cannot be read from the trigger.
    fn run(&mut self, cx: &mut Cx<Self>, trigger: &Trigger) -> Result<Returned<Self>, Refusal>;
}

/// What a handler returned: a transition, or the text of its `Err`.
pub type Returned<M> = Result<Next<M>, String>;

/// A handler that may wait: its body is a step function, which takes `self` and its context from
/// the turn.
pub trait AsyncHandler<O: 'static>: Handles<O> {
    /// The names of its parameters besides `self` and the context.
    const PARAMETERS: &'static [&'static str];
    /// What it takes.
    type Args: Arguments;
    /// What it returns.
    type Output: IntoNext<Self> + Persist;
    /// The names of the saved slots.
    const SLOTS: &'static [&'static str];
    /// The resume points.
    const POINTS: &'static [Point];
    /// What it takes, from the trigger.
    ///
    /// # Errors
    /// It cannot be read.
    fn args(cx: &mut Cx<Self>, trigger: &Trigger) -> Result<Self::Args, Refusal>;
    /// Says an engine failure in the words of `Output`.
    ///
    /// # Errors
    /// Gives the failure back when `Output` has no way to say it.
    fn failed(failure: Failure) -> Result<Self::Output, Failure>;
    /// Goes on from where the frame is.
    fn step(frame: &mut Frame<HandlerOf<Self, O>>, turn: &mut Turn) -> Poll<Self::Output>;
}

/// The call type of the handler `O` of `M`; it has no values.
#[derive(Debug)]
pub struct HandlerOf<M, O> {
    _never: Infallible,
    _of: PhantomData<fn() -> (M, O)>,
}

impl<M: AsyncHandler<O>, O: 'static> Call for HandlerOf<M, O> {
    const NAME: &'static str = M::CALL;
    const PARAMETERS: &'static [&'static str] = M::PARAMETERS;
    type Args = M::Args;
    type Output = M::Output;
    fn failed(failure: Failure) -> Result<M::Output, Failure> {
        M::failed(failure)
    }
}

impl<M: AsyncHandler<O>, O: 'static> Body for HandlerOf<M, O> {
    const SLOTS: &'static [&'static str] = M::SLOTS;
    const POINTS: &'static [Point] = M::POINTS;
    fn step(frame: &mut Frame<Self>, turn: &mut Turn) -> Poll<M::Output> {
        M::step(frame, turn)
    }
}

/// Runs a handler that does not wait.
pub type RunHandler<M> = fn(&mut M, &mut Cx<M>, &Trigger) -> Result<Returned<M>, Refusal>;

/// Begins one that may.
pub type StartHandler<M> = fn(&mut Cx<M>, &Trigger) -> Result<Box<dyn HandlerFrame<M>>, Refusal>;

/// How a handler is run.
#[allow(missing_debug_implementations)]
pub enum Handler<M: Rsm> {
    /// At once.
    Sync(RunHandler<M>),
    /// As a frame.
    Async {
        /// Begins with what triggered it.
        start: StartHandler<M>,
        /// Goes on from a stored frame.
        load: fn(Vec<u8>, Parts) -> Box<dyn HandlerFrame<M>>,
    },
}

impl<M: Rsm> Handler<M> {
    /// The handler `O`, which does not wait.
    #[must_use]
    pub const fn sync<O: 'static>() -> Self
    where
        M: SyncHandler<O>,
    {
        Handler::Sync(<M as SyncHandler<O>>::run)
    }

    /// The `async` handler `O`.
    #[must_use]
    pub const fn asynchronous<O: 'static>() -> Self
    where
        M: AsyncHandler<O>,
    {
        Handler::Async {
            start: |cx, trigger| {
                let args = M::args(cx, trigger)?;
                Ok(Box::new(Frame::<HandlerOf<M, O>>::start(args)))
            },
            load: |bytes, parts| Box::new(Frame::<HandlerOf<M, O>>::stored(bytes, parts)),
        }
    }
}

/// An `async` handler under way, its type erased.
pub trait HandlerFrame<M: Rsm>: Send {
    /// Advances it.
    fn poll(&mut self, turn: &mut Turn) -> Poll<Returned<M>>;
    /// Cancels what it waits for.
    fn cancel(&mut self, turn: &mut Turn);
    /// When to poll it next.
    fn waits(&self, out: &mut Waits);
    /// Writes its frame.
    ///
    /// # Errors
    /// A local that serde cannot write is refused by name.
    fn save(&mut self, saver: &mut Saver<'_>) -> Result<(), Refusal>;
}

impl<M: AsyncHandler<O>, O: 'static> HandlerFrame<M> for Frame<HandlerOf<M, O>> {
    fn poll(&mut self, turn: &mut Turn) -> Poll<Returned<M>> {
        Pending::poll(self, turn).map(IntoNext::into_next)
    }
    fn cancel(&mut self, turn: &mut Turn) {
        Pending::cancel(self, turn);
    }
    fn waits(&self, out: &mut Waits) {
        Pending::waits(self, out);
    }
    fn save(&mut self, saver: &mut Saver<'_>) -> Result<(), Refusal> {
        self.write(saver)
    }
}
