//! `Machine`: the frame of an instance, its type erased; what the kernel advances.

use std::task::Poll;

use super::save::Writing;
use super::{Body, Call, Frame, Named, Parts, Pending, Refusal, Saver, Turn, Waits};
use crate::schema::Stored;

/// A durable function under way.
pub trait Machine: Send {
    /// Advances it. After `Ready` it is not polled again.
    fn poll(&mut self, turn: &mut Turn) -> Poll<Result<Stored, Refusal>>;
    /// Cancels what is still under way.
    fn cancel(&mut self, turn: &mut Turn);
    /// When to poll it next; valid after a poll that was not ready.
    fn waits(&self, out: &mut Waits);
    /// Writes its frame.
    ///
    /// # Errors
    /// A local that serde cannot write is refused by name.
    fn save(&mut self, writing: &mut Writing) -> Result<(), Refusal>;
    /// Writes its frame with everything in it, or with parts that are all written, and changes
    /// nothing: [`save`](Self::save) does not know of it.
    ///
    /// # Errors
    /// As [`save`](Self::save).
    fn snapshot(&mut self, writing: &mut Writing) -> Result<(), Refusal>;
    /// The fields of a state machine, for readers.
    fn fields(&self) -> Option<Result<Stored, Refusal>> {
        None
    }
}

/// A way to run the orchestration `O`.
pub trait Run<O: Call>: Machine + Sized + 'static {
    /// An instance that begins.
    ///
    /// # Errors
    /// Arguments that cannot be read are refused.
    fn start(args: &Stored) -> Result<Self, Refusal>;
    /// An instance as it was stored. Nothing is read before its first poll.
    fn load(bytes: Vec<u8>, parts: Parts) -> Self;
}

/// The frame of an orchestration's instance: it is run by its compiled body.
#[allow(missing_debug_implementations)]
pub struct Root<O: Body>(Frame<O>);

impl<O: Body> Run<O> for Root<O> {
    fn start(args: &Stored) -> Result<Self, Refusal> {
        match args.read::<Named<O>>() {
            Ok(args) => Ok(Root(Frame::start(args.0))),
            Err(error) => Err(Refusal::value(
                format!("the arguments of `{}`", O::NAME),
                error,
            )),
        }
    }

    fn load(bytes: Vec<u8>, parts: Parts) -> Self {
        Root(Frame::stored(bytes, parts))
    }
}

impl<O: Body> Machine for Root<O> {
    fn poll(&mut self, turn: &mut Turn) -> Poll<Result<Stored, Refusal>> {
        self.0.poll(turn).map(|output| {
            Stored::write(&output)
                .map_err(|error| Refusal::value(format!("the result of `{}`", O::NAME), error))
        })
    }

    fn cancel(&mut self, turn: &mut Turn) {
        self.0.cancel(turn);
    }

    fn waits(&self, out: &mut Waits) {
        self.0.waits(out);
    }

    fn save(&mut self, writing: &mut Writing) -> Result<(), Refusal> {
        self.0.write(&mut Saver::new(writing, O::NAME))
    }

    fn snapshot(&mut self, writing: &mut Writing) -> Result<(), Refusal> {
        self.0.write(&mut Saver::whole(writing, O::NAME))
    }
}
