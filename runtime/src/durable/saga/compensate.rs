//! `Compensating`: the compensations of a saga under way, the last step's first.

use std::task::Poll;

use serde::{Deserialize, Serialize};

use super::undo::Undo;
use super::{Failure, Uncompensated};
use crate::durable::limits::FAILURE_TEXT_BYTES_MAX;
use crate::durable::{Completion, Loader, Pending, Refusal, Saver, Turn, Waits};
use crate::schema::{Stored, book};

/// A [`Compensate`](super::Compensate) under way.
#[derive(Debug, Serialize, Deserialize)]
pub struct Compensating {
    /// Those that were not called yet; the last is the next.
    left: Vec<Undo>,
    /// The one under way, and its name.
    called: Option<(u64, String)>,
    failures: Vec<Failure>,
}

impl Compensating {
    pub(super) fn begin(left: Vec<Undo>, turn: &mut Turn) -> Self {
        let mut all = Compensating {
            left,
            called: None,
            failures: Vec::new(),
        };
        all.next(turn);
        all
    }

    fn next(&mut self, turn: &mut Turn) {
        self.called = self.left.pop().and_then(|undo| {
            let name = undo.name.clone();
            undo.request(turn).map(|operation| (operation, name))
        });
    }
}

impl Pending for Compensating {
    type Output = Result<(), Uncompensated>;

    fn poll(&mut self, turn: &mut Turn) -> Poll<Self::Output> {
        while let Some((operation, name)) = &self.called {
            let Some(completion) = turn.take(*operation) else {
                return Poll::Pending;
            };
            self.failures.extend(failure(name, completion));
            self.next(turn);
        }
        if turn.is_over() {
            return Poll::Pending;
        }
        let failures = std::mem::take(&mut self.failures);
        Poll::Ready(match failures.is_empty() {
            true => Ok(()),
            false => Err(Uncompensated { failures }),
        })
    }

    fn cancel(&mut self, turn: &mut Turn) {
        if let Some((operation, _)) = self.called.take() {
            turn.cancel(operation);
        }
        self.left.clear();
    }

    fn waits(&self, out: &mut Waits) {
        let mut next = Waits::default();
        if let Some((operation, _)) = &self.called {
            next.one(*operation);
        }
        // The next is called as soon as this one has ended.
        out.any(next);
    }

    fn save(&mut self, saver: &mut Saver<'_>) -> Result<(), Refusal> {
        saver.value("the compensations of a saga", self)
    }

    fn load(loader: &mut Loader<'_>) -> Result<Self, Refusal> {
        loader.value("the compensations of a saga")
    }
}

/// Why a compensation has not done its work, if it has not.
fn failure(name: &str, completion: &Completion) -> Option<Failure> {
    let value = match completion {
        Completion::Failed(failure) => return Some(failure.clone()),
        Completion::Value(value) => value,
    };
    is_err(value).then(|| {
        let mut message = match value.describe() {
            Ok(value) => value.to_string(),
            Err(_) => "it returned an error that cannot be shown".to_owned(),
        };
        message.truncate(message.floor_char_boundary(FAILURE_TEXT_BYTES_MAX));
        Failure::Failed {
            call: name.to_owned(),
            message,
        }
    })
}

/// Whether it is the `Err` of a `Result`, whose variants are always stored in this order.
fn is_err(value: &Stored) -> bool {
    let schema = book::get(value.schema);
    schema.is_some_and(|schema| schema.is_result()) && value.bytes.first() == Some(&1)
}
