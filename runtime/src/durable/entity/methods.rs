//! The rows of an entity's table: what is known of an operation, and how it is run.

use std::task::Poll;

use super::{AsyncOperation, Entity, EntityContext, Of, Operates, SyncOperation};
use crate::durable::call::Named;
use crate::durable::entry::failed;
use crate::durable::{
    Call, Failure, Frame, Parts, Pending, Refusal, Saver, Turn, Waits, from_json,
};
use crate::schema::{Json, Stored, ValueError};

/// What the kernel knows about an operation.
#[derive(Debug, Clone, Copy)]
pub struct MethodEntry {
    /// The stored name.
    pub name: &'static str,
    /// Whether it changes nothing.
    pub read_only: bool,
    /// Says a failure in the words of its output type, or gives it back.
    pub failed: fn(Failure) -> Result<Stored, Failure>,
    /// The arguments that a JSON object says.
    pub from_json: fn(Json) -> Result<Stored, ValueError>,
}

impl MethodEntry {
    /// The entry of the operation `O` of `E`.
    #[must_use]
    pub const fn of<E: Operates<O>, O: 'static>() -> Self {
        MethodEntry {
            name: E::METHOD,
            read_only: E::READ_ONLY,
            failed: failed::<Of<E, O>>,
            from_json: from_json::arguments::<Of<E, O>>,
        }
    }
}

/// What an operation returned.
#[derive(Debug)]
pub struct Returned {
    pub(super) value: Stored,
    pub(super) is_error: bool,
}

/// How an operation is run.
#[allow(missing_debug_implementations)]
pub enum Code<E> {
    /// At once.
    Sync(fn(&mut E, &mut EntityContext, &Stored) -> Result<Returned, Refusal>),
    /// As a frame.
    Async {
        /// Begins with these arguments.
        start: fn(&Stored) -> Result<Box<dyn OperationFrame>, Refusal>,
        /// Goes on from a stored frame.
        load: fn(Vec<u8>, Parts) -> Box<dyn OperationFrame>,
    },
}

impl<E: Entity> Code<E> {
    /// The operation `O`, which does not wait.
    #[must_use]
    pub const fn sync<O: 'static>() -> Self
    where
        E: SyncOperation<O>,
    {
        Code::Sync(|state, cx, args| {
            let output = state.run(cx, arguments::<E, O>(args)?);
            returned::<E, O>(&output)
        })
    }

    /// The `async` operation `O`.
    #[must_use]
    pub const fn asynchronous<O: 'static>() -> Self
    where
        E: AsyncOperation<O>,
    {
        Code::Async {
            start: |args| Ok(Box::new(Frame::<Of<E, O>>::start(arguments::<E, O>(args)?))),
            load: |bytes, parts| Box::new(Frame::<Of<E, O>>::stored(bytes, parts)),
        }
    }
}

fn arguments<E: Operates<O>, O: 'static>(args: &Stored) -> Result<E::Args, Refusal> {
    match args.read::<Named<Of<E, O>>>() {
        Ok(args) => Ok(args.0),
        Err(error) => Err(Refusal::value(
            format!("the arguments of `{}`", E::CALL),
            error,
        )),
    }
}

fn returned<E: Operates<O>, O: 'static>(output: &E::Output) -> Result<Returned, Refusal> {
    let value = Stored::write(output)
        .map_err(|error| Refusal::value(format!("the result of `{}`", E::CALL), error))?;
    let is_error = E::is_error(output);
    Ok(Returned { value, is_error })
}

/// An `async` operation under way, its type erased.
pub trait OperationFrame: Send {
    /// Advances it.
    fn poll(&mut self, turn: &mut Turn) -> Poll<Result<Returned, Refusal>>;
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

impl<E: AsyncOperation<O>, O: 'static> OperationFrame for Frame<Of<E, O>>
where
    Of<E, O>: Call<Output = E::Output>,
{
    fn poll(&mut self, turn: &mut Turn) -> Poll<Result<Returned, Refusal>> {
        Pending::poll(self, turn).map(|output| returned::<E, O>(&output))
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
