//! `Machine`: the frame of an instance, its type erased; what the kernel advances.

use std::task::Poll;

use super::save::Writing;
use super::{Frame, OrchestrationCall, Parts, Pending, Refusal, Saver, Turn, Waits};
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
}

/// The frame of an orchestration's instance.
#[allow(missing_debug_implementations)]
pub struct Root<O: OrchestrationCall>(Frame<O>);

impl<O: OrchestrationCall> Root<O> {
    /// An instance that begins.
    pub fn start(args: O::Args) -> Self {
        Root(Frame::start(args))
    }

    /// An instance as it was stored. Nothing is read before its first poll.
    pub fn load(bytes: Vec<u8>, parts: Parts) -> Self {
        Root(Frame::stored(bytes, parts))
    }
}

impl<O: OrchestrationCall> Machine for Root<O> {
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
