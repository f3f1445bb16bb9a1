//! `Task`: a call that was spawned, to be awaited later.

use std::marker::PhantomData;
use std::task::Poll;

use serde::{Deserialize, Serialize};

use super::{
    AwaitsTasks, Durable, InOrchestration, Loader, Pending, Persist, Refusal, Saver, Ticket, Turn,
    Waits,
};

/// `.spawn()`: starts a call when awaited, which takes no time, and gives its [`Task`].
#[must_use = "nothing is spawned until this is awaited"]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Spawn<D>(pub(crate) D);

impl<C, D, T> Durable<C> for Spawn<D>
where
    T: Persist,
    D: Durable<C, Pending = Ticket<T>, Output = T> + Durable<InOrchestration>,
{
    type Output = Task<T>;
    type Pending = Now<Task<T>>;

    fn begin(self, turn: &mut Turn) -> Now<Task<T>> {
        let ticket = Durable::<C>::begin(self.0, turn);
        Now::ready(Task {
            operation: ticket.operation,
            output: PhantomData,
        })
    }
}

/// A call under way that was spawned. It can be kept, stored in collections and awaited once;
/// losing a race does not cancel it.
///
/// ```
/// use undying::prelude::*;
///
/// #[activity]
/// async fn report(day: u32) -> String {
///     format!("day {day}")
/// }
///
/// #[orchestration]
/// async fn two_days() -> Vec<String> {
///     let today = report(1).spawn().await; // ready at once; the activity runs from here on
///     sleep(hours(24)).await;
///     let tomorrow = report(2).await;
///     vec![today.await, tomorrow]
/// }
/// ```
#[must_use = "await the task, or keep it: its result is taken by awaiting it"]
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Task<T> {
    operation: u64,
    output: PhantomData<fn() -> T>,
}

impl<T: Persist> Task<T> {
    /// Cancels the call when awaited. Its result, if there is one already, is dropped.
    pub fn cancel(self) -> CancelTask {
        CancelTask(self.operation)
    }
}

impl<C: AwaitsTasks, T: Persist> Durable<C> for Task<T> {
    type Output = T;
    type Pending = Watch<T>;
    fn begin(self, _: &mut Turn) -> Watch<T> {
        Watch(Ticket::new(self.operation))
    }
}

/// Cancels a task when awaited, which takes no time.
#[must_use = "nothing is cancelled until this is awaited"]
#[derive(Debug, Serialize, Deserialize)]
pub struct CancelTask(u64);

impl<C: AwaitsTasks> Durable<C> for CancelTask {
    type Output = ();
    type Pending = Now<()>;
    fn begin(self, turn: &mut Turn) -> Now<()> {
        turn.cancel(self.0);
        Now::ready(())
    }
}

/// Waits for a task without owning it.
#[derive(Debug)]
pub struct Watch<T>(Ticket<T>);

impl<T: Persist> Pending for Watch<T> {
    type Output = T;
    fn poll(&mut self, turn: &mut Turn) -> Poll<T> {
        self.0.poll(turn)
    }
    fn cancel(&mut self, _: &mut Turn) {}
    fn waits(&self, out: &mut Waits) {
        self.0.waits(out);
    }
    fn save(&mut self, saver: &mut Saver<'_>) -> Result<(), Refusal> {
        self.0.save(saver)
    }
    fn load(loader: &mut Loader<'_>) -> Result<Self, Refusal> {
        Ticket::load(loader).map(Watch)
    }
}

/// Ready at once: it never sees a suspension.
#[derive(Debug)]
pub struct Now<T>(Option<T>);

impl<T> Now<T> {
    pub(super) fn ready(value: T) -> Self {
        Now(Some(value))
    }
}

impl<T: Persist> Pending for Now<T> {
    type Output = T;
    fn poll(&mut self, _: &mut Turn) -> Poll<T> {
        self.0.take().map_or(Poll::Pending, Poll::Ready)
    }
    fn cancel(&mut self, _: &mut Turn) {}
    fn waits(&self, _: &mut Waits) {}
    fn save(&mut self, saver: &mut Saver<'_>) -> Result<(), Refusal> {
        match &self.0 {
            Some(value) => {
                saver.u64(1);
                saver.value("a value that is ready", value)
            }
            None => {
                saver.u64(0);
                Ok(())
            }
        }
    }
    fn load(loader: &mut Loader<'_>) -> Result<Self, Refusal> {
        let ready = loader.u64()? == 1;
        Ok(Now(if ready {
            Some(loader.value("a value that is ready")?)
        } else {
            None
        }))
    }
}
