//! `Saga`: what has been done, and how it is undone when a later step fails.

mod compensate;
mod undo;

use serde::{Deserialize, Serialize};

use super::limits::COMPENSATIONS_MAX;
use super::{AwaitsActivities, AwaitsOrchestrations, Durable, Failure, Persist, Turn};

pub use compensate::Compensating;
use undo::Undo;
pub use undo::{Compensation, Undone};

/// The compensations of a long transaction (Garcia-Molina and Salem, SIGMOD 1987): each step that
/// was done adds the call that undoes it, and [`compensate`](Saga::compensate) makes these calls in
/// reverse order.
///
/// It is a local like any other: it is saved with the instance, and can be given to a
/// [`#[resumable]`](macro@crate::resumable) helper and back. A step that did not happen has added
/// nothing, and a compensation is taken off the list in the commit that calls it, so none is called
/// twice, whenever the process dies. As activities may run more than once, make their undoing
/// idempotent too.
///
/// Write the steps in an `async` block: its `?` ends the block and not the function.
///
/// ```
/// use undying::prelude::*;
///
/// #[derive(Debug, thiserror::Error, Serialize, Deserialize)]
/// enum TripError {
///     #[error("nothing left")]
///     SoldOut,
///     #[error(transparent)]
///     Failed(#[from] Failure),
///     #[error(transparent)]
///     NotUndone(#[from] Uncompensated),
/// }
///
/// #[activity]
/// async fn book(what: String) -> Result<u64, TripError> {
///     if what == "room" { Err(TripError::SoldOut) } else { Ok(17) }
/// }
///
/// #[activity(retry(max_attempts = 10))]
/// async fn cancel(booking: u64) -> Result<(), TripError> {
///     Ok(())
/// }
///
/// #[orchestration]
/// async fn trip() -> Result<(u64, u64), TripError> {
///     let mut saga = Saga::new();
///     let booked = async {
///         let seat = book("seat".into()).await?;
///         saga.undo_with(cancel(seat));
///         let room = book("room".into()).await?;
///         saga.undo_with(cancel(room));
///         Ok::<_, TripError>((seat, room))
///     }
///     .await;
///     if booked.is_err() {
///         saga.compensate().await?;
///     }
///     booked
/// }
/// ```
///
/// A step that failed may have happened all the same: one that has timed out, say. If its undoing
/// takes that (cancelling a booking by a number that was chosen before), add it before the step.
///
/// A saga that is dropped is forgotten: that is how a transaction succeeds, and there is nothing to
/// call for it. An instance that is cancelled or terminated runs no code any more, and so makes no
/// compensations: raise an [event](crate::event) to stop one that has to clean up. One that is
/// parked makes them when it is retried.
#[must_use = "a saga is there to be given compensations"]
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Saga {
    undo: Vec<Undo>,
}

impl Saga {
    /// Nothing has been done.
    pub fn new() -> Self {
        Saga::default()
    }

    /// Adds how the step that was just done is undone: a call of an
    /// [`#[activity]`](macro@crate::activity), with its own retry policy, or of an
    /// [`#[orchestration]`](macro@crate::orchestration). It is called by [`compensate`](Self::compensate)
    /// alone.
    ///
    /// The call is kept by its stored name, so its function must have one: a generic function is
    /// refused, when the instance is saved, with a message that says so. There can be at most
    /// [`COMPENSATIONS_MAX`](super::limits::COMPENSATIONS_MAX), and their arguments have
    /// [a limit](super::limits::PAYLOAD_BYTES_MAX) as any others.
    pub fn undo_with(&mut self, call: impl Compensation) {
        let Undone(undo) = call.undone();
        self.undo.push(if self.undo.len() < COMPENSATIONS_MAX {
            undo
        } else {
            undo.refused(format!(
                "a saga has at most {COMPENSATIONS_MAX} compensations: let child orchestrations \
                 undo parts of it"
            ))
        });
    }

    /// How many compensations there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.undo.len()
    }

    /// Whether there is nothing to undo.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.undo.is_empty()
    }

    /// Undoes all steps when awaited: the last first, one after the other. A compensation that fails,
    /// once its retries are used up, does not keep the others from being made; the result says which
    /// failed.
    pub fn compensate(self) -> Compensate {
        Compensate(self)
    }
}

/// Undoes what a [`Saga`] has done, when awaited.
#[must_use = "nothing is undone until this is awaited"]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Compensate(Saga);

/// Some compensations of a [`Saga`] failed: somebody has to look after what they name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{} could not be undone: {}", count(.failures), told(.failures))]
pub struct Uncompensated {
    /// Why, for each compensation that failed, in the order in which they were called. An `Err` that
    /// a compensation returned is shown as `Debug` would.
    pub failures: Vec<Failure>,
}

fn count(failures: &[Failure]) -> String {
    match failures.len() {
        1 => "one step".to_owned(),
        many => format!("{many} steps"),
    }
}

fn told(failures: &[Failure]) -> String {
    let told: Vec<_> = failures.iter().map(Failure::to_string).collect();
    told.join("; ")
}

impl<C: AwaitsActivities + AwaitsOrchestrations> Durable<C> for Compensate {
    type Output = Result<(), Uncompensated>;
    type Pending = Compensating;

    fn begin(self, turn: &mut Turn) -> Compensating {
        Compensating::begin(self.0.undo, turn)
    }
}

const _: fn() = || {
    fn is_kept<T: Persist>() {}
    is_kept::<Saga>();
};
