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

    /// Waits until `look` finds what it looks for.
    pub(super) fn wait<T>(&self, mut look: impl FnMut(&mut Papers) -> Option<T>) -> T {
        let mut papers = self.lock();
        loop {
            if let Some(found) = look(&mut papers) {
                return found;
            }
            papers = self
                .changed
                .wait(papers)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// As [`wait`](Self::wait), while there is nothing else to do.
    pub(super) fn idle<T>(&self, mut look: impl FnMut(&mut Papers) -> Option<T>) -> T {
        self.wait(|papers| {
            let found = look(papers);
            papers.resting = found.is_none();
            if papers.resting {
                self.bell.ring();
            }
            found
        })
    }

    /// If the committer has nothing to do: how often something was put here.
    pub(super) fn rest(&self) -> Option<u64> {
        let papers = self.lock();
        papers.resting.then_some(papers.puts)
    }

    /// Waits for a while. Returns whether the engine is abandoned or shuts down, with so many shards.
    pub(super) fn pause(&self, time: Duration, shards: usize) -> bool {
        let over = |papers: &Papers| papers.abandoned || papers.stopped == shards;
        let papers = self.lock();
        if time.is_zero() {
            return over(&papers);
        }
        let waited = self
            .changed
            .wait_timeout_while(papers, time, |papers| !over(papers));
        over(&waited.unwrap_or_else(PoisonError::into_inner).0)
    }
}
