//! `Desk`: where shards tell the committer what it waits for.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use super::hub::Asker;
use crate::core::{ReadError, Sealed, Shard};
use crate::engine::bell::Bell;
use crate::engine::sync::{Condvar, Mutex, MutexGuard};

/// Why a life of the store ends before the engine does.
#[derive(Debug)]
pub(super) enum Cause {
    /// A turn failed and can only be undone by going back to what is durable (rule 23).
    Suspect { id: Arc<str>, failures: u32 },
    /// The store failed.
    Read(ReadError),
}

/// What a shard leaves that has dropped its memory.
#[derive(Debug, Default)]
pub(super) struct Dropped {
    /// The next instance numbers of its partitions (rule 6).
    pub(super) floors: Vec<(u16, u64)>,
    /// It had not read all that was runnable.
    pub(super) recovering: bool,
}

impl Dropped {
    pub(super) fn of(shard: &Shard<Asker>) -> Self {
        Dropped {
            floors: shard.next_numbers(),
            recovering: shard.is_recovering(),
        }
    }
}

/// What lies on the desk. All of it is guarded by one lock: a shard changes it and notifies, the
/// committer looks at it under the lock before it waits, so nothing is overlooked.
#[derive(Debug, Default)]
pub(super) struct Papers {
    /// The highest epoch in which some shard has something to commit. A number and not a flag, so
    /// that a word about an epoch that is being cut does not ask for another cut.
    pub(super) dirty: u64,
    /// What the shards sealed of the epoch that is being cut.
    pub(super) sealed: Vec<Sealed>,
    /// Why this life has to end.
    pub(super) cause: Option<Cause>,
    /// What the shards that have dropped their memory leave.
    pub(super) dropped: Vec<Dropped>,
    /// Shards that have stopped running for a shutdown.
    pub(super) stopped: usize,
    /// The engine was dropped, or a thread of it failed: no further commit.
    pub(super) abandoned: bool,
    /// How often something was put here.
    puts: u64,
    /// The committer found nothing to do since.
    resting: bool,
}

/// The committer's desk.
#[derive(Debug)]
pub(super) struct Desk {
    papers: Mutex<Papers>,
    changed: Condvar,
    bell: Bell,
}

impl Desk {
    /// An empty desk; `bell` tells when the committer comes to rest.
    pub(super) fn new(bell: Bell) -> Self {
        Desk {
            papers: Mutex::new(Papers::default()),
            changed: Condvar::new(),
            bell,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Papers> {
        self.papers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what lies on the desk.
    pub(super) fn put<T>(&self, change: impl FnOnce(&mut Papers) -> T) -> T {
        let mut papers = self.lock();
        let out = change(&mut papers);
        papers.puts += 1;
        papers.resting = false;
        drop(papers);
        // The committer is the only one that waits here.
        self.changed.notify_one();
        out
    }

    /// Puts what the only shard has sealed here, and wakes nobody: it makes the committer's steps itself.
    pub(super) fn lay(&self, sealed: Sealed) {
        let mut papers = self.lock();
        papers.sealed.push(sealed);
        papers.puts += 1;
        papers.resting = false;
    }

    /// What `look` finds; if that is nothing, the number to [`wait`](Self::wait) with.
    pub(super) fn look<T>(&self, look: impl FnOnce(&mut Papers) -> Option<T>) -> Result<T, u64> {
        let mut papers = self.lock();
        look(&mut papers).ok_or(papers.puts)
    }

    /// As [`look`](Self::look), when there is nothing else to do.
    pub(super) fn idle<T>(&self, look: impl FnOnce(&mut Papers) -> Option<T>) -> Result<T, u64> {
        let mut papers = self.lock();
        let found = look(&mut papers);
        let came_to_rest = found.is_none() && !papers.resting;
        papers.resting = found.is_none();
        if came_to_rest {
            self.bell.ring();
        }
        found.ok_or(papers.puts)
    }

    /// Whether something was put here after a look that found nothing.
    pub(super) fn has_changed(&self, seen: u64) -> bool {
        self.lock().puts != seen
    }

    /// Waits until something was put here after a look that found nothing.
    pub(super) fn wait(&self, seen: u64) {
        let papers = self.lock();
        let waited = self
            .changed
            .wait_while(papers, |papers| papers.puts == seen);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    /// If the committer has nothing to do: how often something was put here.
    pub(super) fn rest(&self) -> Option<u64> {
        let papers = self.lock();
        papers.resting.then_some(papers.puts)
    }

    /// Whether the engine is abandoned or shuts down, with so many shards.
    pub(super) fn is_over(&self, shards: usize) -> bool {
        self.lock().is_over(shards)
    }

    /// Waits for a while, or until the engine is abandoned or shuts down, with so many shards.
    pub(super) fn pause(&self, time: Duration, shards: usize) {
        let papers = self.lock();
        if time.is_zero() {
            return;
        }
        let waited = self
            .changed
            .wait_timeout_while(papers, time, |papers| !papers.is_over(shards));
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }
}

impl Papers {
    fn is_over(&self, shards: usize) -> bool {
        self.abandoned || self.stopped == shards
    }
}
