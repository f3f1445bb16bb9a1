//! `Ticket`: a request under way, a few bytes whatever its arguments were.

use std::marker::PhantomData;
use std::task::Poll;

use super::{Completion, Loader, Pending, Persist, Refusal, Saver, Turn, Waits};

/// Waits for one operation of the instance and gives its result.
#[derive(Debug)]
pub struct Ticket<T> {
    pub(crate) operation: u64,
    output: PhantomData<fn() -> T>,
}

impl<T: Persist> Ticket<T> {
    /// The ticket of `operation`.
    #[must_use]
    pub fn new(operation: u64) -> Self {
        Ticket {
            operation,
            output: PhantomData,
        }
    }
}

impl<T: Persist> Pending for Ticket<T> {
    type Output = T;

    fn poll(&mut self, turn: &mut Turn) -> Poll<T> {
        match turn.take(self.operation) {
            None => Poll::Pending,
            Some(Completion::Value(stored)) => match stored.read::<T>() {
                Ok(value) => Poll::Ready(value),
                Err(error) => {
                    let place = format!("the result of operation {}", self.operation);
                    turn.refuse(Refusal::value(place, error));
                    Poll::Pending
                }
            },
            Some(Completion::Failed(failure)) => {
                let failure = failure.clone();
                turn.unsaid = Some(failure);
                Poll::Pending
            }
        }
    }

    fn cancel(&mut self, turn: &mut Turn) {
        turn.cancel(self.operation);
    }

    fn waits(&self, out: &mut Waits) {
        out.one(self.operation);
    }

    fn save(&mut self, saver: &mut Saver<'_>) -> Result<(), Refusal> {
        saver.u64(self.operation);
        Ok(())
    }

    fn load(loader: &mut Loader<'_>) -> Result<Self, Refusal> {
        Ok(Ticket::new(loader.u64()?))
    }
}
