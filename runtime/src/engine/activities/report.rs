//! `Report`: hands outcomes to the kernel, also those of attempts that it started while it opened.

use std::sync::{Mutex, OnceLock, PoisonError};

use crate::core::AttemptEnded;

type Sink = Box<dyn Fn(Vec<AttemptEnded>) + Send + Sync>;

/// The way back to the kernel.
#[derive(Default)]
pub(in crate::engine) struct Report {
    sink: OnceLock<Sink>,
    early: Mutex<Vec<AttemptEnded>>,
}

impl Report {
    /// Outcomes go to `sink` from now on, the early ones first.
    pub(super) fn connect(&self, sink: Sink) {
        let early = {
            let mut early = self.early.lock().unwrap_or_else(PoisonError::into_inner);
            // Set under the lock, so that no outcome is put aside after the last look at it.
            let _ = self.sink.set(sink);
            std::mem::take(&mut *early)
        };
        self.send(early);
    }

    /// Hands over these outcomes.
    pub(super) fn send(&self, ended: Vec<AttemptEnded>) {
        if ended.is_empty() {
            return;
        }
        if let Some(sink) = self.sink.get() {
            return sink(ended);
        }
        let mut early = self.early.lock().unwrap_or_else(PoisonError::into_inner);
        match self.sink.get() {
            Some(sink) => {
                drop(early);
                sink(ended);
            }
            None => early.extend(ended),
        }
    }
}
