//! `Durable` and `Pending`: what can be awaited, and what is saved while it runs.

use std::task::Poll;

use super::{Loader, Persist, Refusal, Saver, Turn, Waits};

/// A lazy description that can be awaited in the context `C`, like `IntoFuture`.
///
/// `C` is a type such as [`InOrchestration`](super::InOrchestration); a context in which a thing
/// may be awaited is one `impl` (the context table of Durable Functions, OOPSLA 2021, figure 9).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be awaited in a durable function",
    label = "not durable",
    note = "only calls of annotated functions, timers, tasks and their combinations can be awaited here",
    note = "other async work belongs in an `#[activity]`"
)]
pub trait Durable<C> {
    /// What `.await` gives.
    type Output: Persist;
    /// What is saved while it runs.
    type Pending: Pending<Output = Self::Output>;
    /// Begins it within `turn`: its requests leave when the turn is durable.
    fn begin(self, turn: &mut Turn) -> Self::Pending;
}

/// A call under way, like `Future`, but data: it can be saved, dropped and loaded.
pub trait Pending: Sized + Send + 'static {
    /// What it gives when it is ready.
    type Output: Persist;
    /// Advances it with what has arrived. After `Ready` it is not polled again.
    fn poll(&mut self, turn: &mut Turn) -> Poll<Self::Output>;
    /// Cancels what is still under way.
    fn cancel(&mut self, turn: &mut Turn);
    /// Adds what it waits for; called after a poll that was not ready.
    fn waits(&self, out: &mut Waits);
    /// Writes itself.
    ///
    /// # Errors
    /// A value that serde cannot write is refused by name.
    fn save(&mut self, saver: &mut Saver<'_>) -> Result<(), Refusal>;
    /// Reads what [`save`](Self::save) wrote.
    ///
    /// # Errors
    /// Damaged bytes, and values whose type has changed too far, are refused by name.
    fn load(loader: &mut Loader<'_>) -> Result<Self, Refusal>;
}
