//! The committer: cuts epochs, commits each as one batch, and begins a new life when one fails.
//!
//! It asks for a cut the moment it is idle and something is dirty; there is no timer. While it
//! commits one epoch the shards run the next. All shards seal an epoch before it is committed
//! (rules 2 and 3). It is a machine that never waits: its thread makes its steps, the only shard's when
//! that is alone with one client, or a test.

use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use rustc_hash::FxHashSet;

use super::desk::Cause;
use super::hub::{Hub, Input};
use super::life::{self, Begun, Legacy};
use super::metrics::CommitMetrics;
use crate::core::{HighWater, Sealed, merge};
use crate::durable::Retry;
use crate::engine::KernelError;
use crate::engine::sync::Mutex;
use crate::engine::sync::atomic::Ordering;
use crate::planted::planted;
use crate::store::{Batch, Key, OpenStore, Pressure, Store, StoreError};

/// How often a store without space is asked again.
const SPACE_PAUSE: Duration = Duration::from_millis(100);

/// See the module.
pub(super) struct Committer {
    hub: Arc<Hub>,
    opener: Arc<dyn OpenStore>,
    /// The store of this life; none between two.
    store: Option<Arc<dyn Store>>,
    phase: Phase,
    /// Schemas and layouts written in this life.
    books: FxHashSet<Key>,
    /// The next epoch to cut.
    epoch: u64,
    legacy: Legacy,
    reopening: Retry,
    /// How often in a row a life ended or could not begin, without a commit in between.
    failures: u32,
    metrics: CommitMetrics,
}

/// What it is at.
enum Phase {
    /// Waits for something to commit.
    Idle,
    /// Waits for every shard to seal the open epoch.
    Cutting,
    /// Waits for the disk to have space for this batch.
    Full(Batch),
    /// Waits for every shard to drop its memory; then it goes on with the store, or opens it again
    /// after this failure.
    Forgetting(Result<Arc<dyn Store>, KernelError>),
    /// Opens the store again, which failed like this.
    Opening(KernelError),
    /// The store is closed, or the engine was dropped or stopped elsewhere.
    Over,
}

/// What a step came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// There may be another one.
    On,
    /// Nothing was done; look again when something was put on the desk after this one.
    Wait(u64),
    /// Look again after this time, or at the end of the engine.
    Pause(Duration),
    /// It was the last one.
    Over,
}

/// Why a life ends before the engine does.
enum Ends {
    /// A shard cannot go on; the store is well unless it says otherwise.
    Cause(Cause),
    /// A commit failed, or nobody knows.
    Commit(StoreError),
}

impl Committer {
    pub(super) fn new(
        hub: Arc<Hub>,
        opener: Arc<dyn OpenStore>,
        legacy: Legacy,
        reopening: Retry,
        begun: Begun,
    ) -> Self {
        let mut committer = Committer {
            hub,
            opener,
            store: None,
            phase: Phase::Idle,
            books: FxHashSet::default(),
            epoch: 0,
            legacy,
            reopening,
            failures: 0,
            metrics: CommitMetrics::new(),
        };
        committer.adopt(begun);
        committer
    }

    /// Commits until the engine is shut down, dropped, or cannot go on.
    pub(super) fn run(this: &Mutex<Self>, hub: &Hub) {
        loop {
            let step = this.lock().unwrap_or_else(PoisonError::into_inner).step();
            match step {
                Step::On => {}
                Step::Wait(seen) => hub.desk.wait(seen),
                Step::Pause(time) => hub.desk.pause(time, hub.inboxes.len()),
                Step::Over => return,
            }
        }
    }

    /// Does what there is to do for what was laid on the desk. Its own thread goes on from there.
    pub(super) fn catch_up(&mut self) {
        loop {
            match self.step() {
                Step::On => {}
                Step::Wait(seen) if self.hub.desk.has_changed(seen) => {}
                Step::Wait(_) => return,
                Step::Pause(_) | Step::Over => {
                    self.hub.desk.put(|_| {});
                    return;
                }
            }
        }
    }

    /// Does what there is to do next. Never waits but for the store.
    pub(super) fn step(&mut self) -> Step {
        self.go_on().unwrap_or_else(|error| {
            tracing::error!(%error, "the engine stops");
            self.hub.stop(error);
            self.over()
        })
    }

    fn over(&mut self) -> Step {
        self.store = None;
        self.phase = Phase::Over;
        Step::Over
    }

    fn go_on(&mut self) -> Result<Step, KernelError> {
        match std::mem::replace(&mut self.phase, Phase::Over) {
            Phase::Idle => self.idle(),
            Phase::Cutting => self.cut(),
            Phase::Full(batch) => self.commit(batch),
            Phase::Forgetting(next) => self.forget(next),
            Phase::Opening(error) => self.open(error),
            Phase::Over => Ok(Step::Over),
        }
    }

    /// It goes on waiting.
    fn stay(&mut self, phase: Phase, seen: u64) -> Result<Step, KernelError> {
        self.phase = phase;
        Ok(Step::Wait(seen))
    }

    fn adopt(&mut self, begun: Begun) {
        self.books.clear();
        self.epoch = begun.epoch;
        for (inbox, shard) in self.hub.inboxes.iter().zip(begun.shards) {
            inbox.push(Input::Open(Box::new(shard), begun.store.clone()));
        }
        self.store = Some(begun.store);
        self.phase = Phase::Idle;
    }

    /// Begins a life, on a store that is open or on one to be opened.
    fn begin(&self, open: Option<Arc<dyn Store>>) -> Result<Begun, KernelError> {
        let store = match open {
            Some(store) => store,
            None => life::open_store(self.opener.as_ref(), self.hub.partitions.count())?.0,
        };
        life::begin(store, &self.hub, &self.legacy)
    }

    /// Asks for a cut if there is something to commit.
    fn idle(&mut self) -> Result<Step, KernelError> {
        enum Found {
            Abandoned,
            Cause(Cause),
            Dirty,
            Sealed,
            Closing,
        }
        let (epoch, shards) = (self.epoch, self.hub.inboxes.len());
        let found = self.hub.desk.idle(|papers| {
            if papers.abandoned {
                Some(Found::Abandoned)
            } else if let Some(cause) = papers.cause.take() {
                Some(Found::Cause(cause))
            } else if papers.sealed.len() == shards {
                Some(Found::Sealed)
            } else if papers.dirty >= epoch {
                Some(Found::Dirty)
            } else {
                (papers.stopped == shards).then_some(Found::Closing)
            }
        });
        match found {
            Err(seen) => self.stay(Phase::Idle, seen),
            Ok(Found::Abandoned) => Ok(self.over()),
            Ok(Found::Cause(cause)) => self.end_life(Ends::Cause(cause)),
            Ok(Found::Sealed) => {
                self.phase = Phase::Cutting;
                Ok(Step::On)
            }
            Ok(Found::Dirty) => {
                self.hub.broadcast(|| Input::Cut(epoch));
                self.phase = Phase::Cutting;
                Ok(Step::On)
            }
            Ok(Found::Closing) => {
                // The marker comes last (rule 37).
                let closed = self.store.take().map_or(Ok(()), |store| store.close());
                self.hub
                    .stop(closed.err().map_or(KernelError::Closed, KernelError::from));
                Ok(self.over())
            }
        }
    }

    /// Commits once every shard has sealed the open epoch.
    fn cut(&mut self) -> Result<Step, KernelError> {
        enum Found {
            Abandoned,
            Cause(Cause),
            Sealed(Vec<Sealed>),
        }
        let shards = self.hub.inboxes.len();
        let found = self.hub.desk.look(|papers| {
            if papers.abandoned {
                Some(Found::Abandoned)
            } else if let Some(cause) = papers.cause.take() {
                Some(Found::Cause(cause))
            } else {
                let all = papers.sealed.len() == shards;
                all.then(|| Found::Sealed(std::mem::take(&mut papers.sealed)))
            }
        });
        match found {
            Err(seen) => self.stay(Phase::Cutting, seen),
            Ok(Found::Abandoned) => Ok(self.over()),
            Ok(Found::Cause(cause)) => self.end_life(Ends::Cause(cause)),
            Ok(Found::Sealed(sealed)) => {
                debug_assert!(sealed.iter().all(|sealed| sealed.epoch == self.epoch));
                let mut batch = merge(sealed, &mut self.books);
                if batch.is_empty() {
                    return Ok(self.durable());
                }
                let high_water = HighWater {
                    partitions: self.hub.partitions.count(),
                    epoch: self.epoch,
                    now: self.hub.clock.now(),
                };
                let (key, row) = high_water.row();
                batch.put(key, row);
                self.commit(batch)
            }
        }
    }

    fn commit(&mut self, batch: Batch) -> Result<Step, KernelError> {
        let Some(store) = self.store.clone() else {
            return Ok(self.over());
        };
        // A batch that a full disk would refuse is kept until there is space.
        if matches!(store.pressure(), Pressure::Stop { .. })
            && !self.hub.desk.is_over(self.hub.inboxes.len())
        {
            self.phase = Phase::Full(batch);
            return Ok(Step::Pause(SPACE_PAUSE));
        }
        let bytes = batch.bytes();
        let begin = Instant::now();
        if planted!(AckBeforeCommit) {
            self.hub.broadcast(|| Input::Durable(self.epoch));
        }
        if let Err(error) = store.commit(batch)
            && !planted!(CommitFailureIgnored)
        {
            drop(store);
            return self.end_life(Ends::Commit(error));
        }
        self.failures = 0;
        self.legacy.careful = false;
        self.metrics.committed(begin.elapsed(), bytes);
        Ok(self.durable())
    }

    /// The open epoch is durable.
    fn durable(&mut self) -> Step {
        let epoch = self.epoch;
        self.epoch += 1;
        // Before the next cut is asked for: so each shard knows of this one first.
        self.hub.broadcast(|| Input::Durable(epoch));
        self.phase = Phase::Idle;
        Step::On
    }

    fn end_life(&mut self, ends: Ends) -> Result<Step, KernelError> {
        let store = self.store.take();
        let failed = match ends {
            Ends::Cause(Cause::Suspect { id, failures }) => {
                self.legacy.suspects.insert(id, failures);
                // One life tells of one suspect. Of many, the rest is found by measuring all.
                self.legacy.careful |= self.failures > 0;
                None
            }
            Ends::Cause(Cause::Read(error)) => Some(KernelError::from(error)),
            Ends::Commit(error) => {
                self.legacy.careful |= matches!(error, StoreError::TooLarge { .. });
                Some(KernelError::from(error))
            }
        };
        self.hub.broadcast(|| Input::Drop);
        self.phase = Phase::Forgetting(match (failed, store) {
            (None, Some(store)) => Ok(store),
            (Some(error), _) => Err(error),
            (None, None) => Err(KernelError::Closed),
        });
        Ok(Step::On)
    }

    /// Goes on once every shard has dropped its memory (rule 5). Inputs are never replayed from
    /// memory: who waits for a reply finds its channel closed and asks again.
    fn forget(&mut self, next: Result<Arc<dyn Store>, KernelError>) -> Result<Step, KernelError> {
        let shards = self.hub.inboxes.len();
        let found = self.hub.desk.look(|papers| {
            if papers.abandoned {
                return Some(None);
            }
            (papers.dropped.len() == shards).then(|| {
                papers.sealed.clear();
                papers.cause = None;
                papers.dirty = 0;
                Some(std::mem::take(&mut papers.dropped))
            })
        });
        let dropped = match found {
            Err(seen) => return self.stay(Phase::Forgetting(next), seen),
            Ok(None) => return Ok(self.over()),
            Ok(Some(dropped)) => dropped,
        };
        // What an unclean close left stays to be counted until all of it was read.
        self.legacy.clean |= !dropped.iter().any(|shard| shard.recovering);
        self.legacy.floors = dropped.into_iter().flat_map(|shard| shard.floors).collect();
        // Messages may have been tagged with the epoch after the one that was being cut.
        self.legacy.epoch = self.epoch + 1;
        self.hub.restarts.fetch_add(1, Ordering::Relaxed);
        self.metrics.restarted();
        let begun = match next {
            Ok(store) => {
                self.count(|failures| KernelError::Stopped {
                    why: format!("{failures} times in a row it went back without a commit"),
                })?;
                self.begin(Some(store))
            }
            // Every shard has given up its handle, and so has the committer.
            Err(error) => Err(error),
        };
        self.go_on_with(begun)
    }

    /// Begins the next life, or opens the store again if it failed: at once at first, then after
    /// pauses that grow.
    fn go_on_with(&mut self, begun: Result<Begun, KernelError>) -> Result<Step, KernelError> {
        let error = match begun {
            Ok(begun) => {
                tracing::info!(epoch = begun.epoch, "a new life begins");
                self.adopt(begun);
                return Ok(Step::On);
            }
            Err(error) => error,
        };
        let failures = self.count(|_| error.clone())?;
        let pause = match failures {
            1 => Duration::ZERO,
            _ => self.reopening.delay(failures - 1),
        };
        tracing::warn!(failures, ?pause, %error, "the store failed: opening it again");
        self.phase = Phase::Opening(error);
        Ok(Step::Pause(pause))
    }

    fn open(&mut self, error: KernelError) -> Result<Step, KernelError> {
        if self.hub.desk.is_over(self.hub.inboxes.len()) {
            // What was answered is safe; the next open counts as one after a crash.
            self.hub.stop(error);
            return Ok(self.over());
        }
        let begun = self.begin(None);
        self.go_on_with(begun)
    }

    /// Counts a failure; too many without a commit in between end the engine.
    fn count(&mut self, error: impl Fn(u32) -> KernelError) -> Result<u32, KernelError> {
        self.failures += 1;
        if self.failures >= self.reopening.max_attempts() {
            return Err(error(self.failures));
        }
        Ok(self.failures)
    }
}

#[cfg(test)]
mod tests;
