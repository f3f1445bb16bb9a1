//! `continue_as_new`: an instance begins again with other arguments.

use std::any::TypeId;
use std::marker::PhantomData;
use std::task::Poll;

use serde::{Deserialize, Serialize};

use super::{
    BeginsAgain, Durable, Loader, Orchestration, OrchestrationCall, Pending, Persist, Refusal,
    Saver, Turn, Waits,
};
use crate::schema::Stored;

/// Begins the instance again when awaited. See [`continue_as_new`].
#[must_use = "nothing begins again until this is awaited"]
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
#[allow(missing_debug_implementations)]
pub struct ContinueAsNew<O: OrchestrationCall>(Orchestration<O>);

/// Ends this run of the instance and begins it again, with the arguments of `call` and under the
/// same id: `continue_as_new(walk(n + 1)).await`, which never comes back.
///
/// Use it to give a loop without end new arguments, or a new version of its code: the next run
/// begins at the first line. Who waits for the instance waits for its last run. Events that were not
/// taken stay for the next run. What is under way is cancelled: await a [task](super::Task) before,
/// if you want it done.
///
/// `call` is a call of the orchestration that the instance was started with; another one is refused
/// by name, and the instance is parked.
///
/// ```
/// use undying::prelude::*;
///
/// #[activity]
/// async fn sweep(round: u64) -> bool {
///     round < 3
/// }
///
/// #[orchestration]
/// async fn janitor(round: u64) -> u64 {
///     if !sweep(round).await {
///         return round;
///     }
///     sleep(hours(1)).await;
///     continue_as_new(janitor(round + 1)).await
/// }
/// ```
pub fn continue_as_new<O: OrchestrationCall>(call: Orchestration<O>) -> ContinueAsNew<O> {
    ContinueAsNew(call)
}

/// What an instance begins again with.
#[derive(Debug)]
pub struct Again {
    /// The call type, which has to be the instance's own.
    pub call: TypeId,
    /// Its name, for messages.
    pub name: &'static str,
    /// The encoded arguments.
    pub args: Stored,
}

impl<C: BeginsAgain, O: OrchestrationCall> Durable<C> for ContinueAsNew<O> {
    type Output = O::Output;
    type Pending = Never<O::Output>;

    fn begin(self, turn: &mut Turn) -> Never<O::Output> {
        match Stored::write(&self.0.into_args()) {
            Ok(args) => {
                turn.again.get_or_insert(Again {
                    call: TypeId::of::<O>(),
                    name: O::NAME,
                    args,
                });
            }
            Err(error) => {
                let place = format!("the arguments of `{}`", O::NAME);
                turn.refuse(Refusal::value(place, error));
            }
        }
        Never(PhantomData)
    }
}

/// Never ready: its turn is the last of its run.
#[derive(Debug)]
pub struct Never<T>(PhantomData<fn() -> T>);

impl<T: Persist> Pending for Never<T> {
    type Output = T;
    fn poll(&mut self, _: &mut Turn) -> Poll<T> {
        Poll::Pending
    }
    fn cancel(&mut self, _: &mut Turn) {}
    fn waits(&self, _: &mut Waits) {}
    fn save(&mut self, saver: &mut Saver<'_>) -> Result<(), Refusal> {
        Err(saver.damaged("it has begun again"))
    }
    fn load(loader: &mut Loader<'_>) -> Result<Self, Refusal> {
        Err(loader.damaged("it had begun again"))
    }
}
