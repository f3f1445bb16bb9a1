//! The committer: cuts epochs, commits each as one batch, and begins a new life when one fails.
//!
//! It asks for a cut the moment it is idle and something is dirty; there is no timer. While it
//! commits one epoch the shards run the next. All shards seal an epoch before it is committed
//! (rules 2 and 3).

use std::sync::Arc;
use std::time::{Duration, Instant};

use rustc_hash::FxHashSet;

use super::desk::Cause;
use super::hub::{Hub, Input};
use super::life::{self, Begun, Legacy};
use super::metrics::CommitMetrics;
use crate::core::{HighWater, Sealed, merge};
use crate::durable::Retry;
use crate::engine::KernelError;
use crate::engine::sync::atomic::Ordering;
use crate::planted::planted;
use crate::store::{Key, OpenStore, Pressure, Store, StoreError};

/// How often a store without space is asked again.
const SPACE_PAUSE: Duration = Duration::from_millis(100);

/// See the module.
pub(super) struct Committer {
    hub: Arc<Hub>,
    opener: Arc<dyn OpenStore>,
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

/// What a life comes to.
enum Over {
    /// The last commit of a shutdown is made.
    Closed,
    /// The engine was dropped, or stopped elsewhere.
    Abandoned,
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
    ) -> Self {
        Committer {
            hub,
            opener,
            books: FxHashSet::default(),
            epoch: 0,
            legacy,
            reopening,
            failures: 0,
            metrics: CommitMetrics::new(),
        }
    }

    /// Commits until the engine is shut down, dropped, or cannot go on.
    pub(super) fn run(mut self, begun: Begun) {
        if let Err(error) = self.lives(begun) {
            tracing::error!(%error, "the engine stops");
            self.hub.stop(error);
        }
    }

    fn lives(&mut self, mut begun: Begun) -> Result<(), KernelError> {
        loop {
            let store = self.adopt(begun);
            let failed = match self.live(&store) {
                Over::Abandoned => return Ok(()),
                Over::Closed => {
                    // The marker comes last (rule 37).
                    let closed = store.close();
                    self.hub
                        .stop(closed.err().map_or(KernelError::Closed, KernelError::from));
                    return Ok(());
                }
                Over::Cause(Cause::Suspect { id, failures }) => {
                    self.legacy.suspects.insert(id, failures);
                    // One life tells of one suspect. Of many, the rest is found by measuring all.
                    self.legacy.careful |= self.failures > 0;
                    None
                }
                Over::Cause(Cause::Read(error)) => Some(KernelError::from(error)),
                Over::Commit(error) => {
                    self.legacy.careful |= matches!(error, StoreError::TooLarge { .. });
                    Some(KernelError::from(error))
                }
            };
            if !self.forget() {
                return Ok(());
            }
            self.hub.restarts.fetch_add(1, Ordering::Relaxed);
            self.metrics.restarted();
            let next = match failed {
                None => {
                    self.count(|failures| KernelError::Stopped {
                        why: format!("{failures} times in a row it went back without a commit"),
                    })?;
                    self.begin(Some(store))
                }
                Some(error) => {
                    // Every shard has given up its handle; this is the last.
                    drop(store);
                    Err(error)
                }
            };
            match self.insist(next)? {
                Some(next) => begun = next,
                None => return Ok(()),
            }
            tracing::info!(epoch = begun.epoch, "a new life begins");
        }
    }

    /// Begins a life, on a store that is open or on one to be opened.
    fn begin(&self, open: Option<Arc<dyn Store>>) -> Result<Begun, KernelError> {
        let store = match open {
            Some(store) => store,
            None => life::open_store(self.opener.as_ref(), self.hub.partitions.count())?.0,
        };
        life::begin(store, &self.hub, &self.legacy)
    }

    /// Opens the store again while it fails: at once at first, then after pauses that grow. None
    /// when the engine was dropped or shut down meanwhile.
    fn insist(
        &mut self,
        mut begun: Result<Begun, KernelError>,
    ) -> Result<Option<Begun>, KernelError> {
        loop {
            let error = match begun {
                Ok(begun) => return Ok(Some(begun)),
                Err(error) => error,
            };
            let failures = self.count(|_| error.clone())?;
            let pause = match failures {
                1 => Duration::ZERO,
                _ => self.reopening.delay(failures - 1),
            };
            tracing::warn!(failures, ?pause, %error, "the store failed: opening it again");
            if self.hub.desk.pause(pause, self.hub.inboxes.len()) {
                // What was answered is safe; the next open counts as one after a crash.
                self.hub.stop(error);
                return Ok(None);
            }
            begun = self.begin(None);
        }
    }

    /// Counts a failure; too many without a commit in between end the engine.
    fn count(&mut self, error: impl Fn(u32) -> KernelError) -> Result<u32, KernelError> {
        self.failures += 1;
        if self.failures >= self.reopening.max_attempts() {
            return Err(error(self.failures));
        }
        Ok(self.failures)
    }

    fn adopt(&mut self, begun: Begun) -> Arc<dyn Store> {
        self.books.clear();
        self.epoch = begun.epoch;
        for (inbox, shard) in self.hub.inboxes.iter().zip(begun.shards) {
            inbox.push(Input::Open(Box::new(shard), begun.store.clone()));
        }
        begun.store
    }

    fn live(&mut self, store: &Arc<dyn Store>) -> Over {
        loop {
            let over = match self.idle() {
                Some(over) => Some(over),
                None => match self.cut() {
                    Ok(sealed) => self.commit(sealed, store),
                    Err(over) => Some(over),
                },
            };
            if let Some(over) = over {
                return over;
            }
        }
    }

    /// Waits until there is something to commit.
    fn idle(&self) -> Option<Over> {
        let (epoch, shards) = (self.epoch, self.hub.inboxes.len());
        self.hub.desk.idle(|papers| {
            if papers.abandoned {
                Some(Some(Over::Abandoned))
            } else if let Some(cause) = papers.cause.take() {
                Some(Some(Over::Cause(cause)))
            } else if papers.dirty >= epoch {
                Some(None)
            } else {
                (papers.stopped == shards).then_some(Some(Over::Closed))
            }
        })
    }

    /// Has every shard seal the open epoch.
    fn cut(&self) -> Result<Vec<Sealed>, Over> {
        let (epoch, shards) = (self.epoch, self.hub.inboxes.len());
        self.hub.broadcast(|| Input::Cut(epoch));
        self.hub.desk.wait(|papers| {
            if papers.abandoned {
                Some(Err(Over::Abandoned))
            } else if let Some(cause) = papers.cause.take() {
                Some(Err(Over::Cause(cause)))
            } else {
                let all = papers.sealed.len() == shards;
                all.then(|| Ok(std::mem::take(&mut papers.sealed)))
            }
        })
    }

    fn commit(&mut self, sealed: Vec<Sealed>, store: &Arc<dyn Store>) -> Option<Over> {
        debug_assert!(sealed.iter().all(|sealed| sealed.epoch == self.epoch));
        let mut batch = merge(sealed, &mut self.books);
        if !batch.is_empty() {
            let high_water = HighWater {
                partitions: self.hub.partitions.count(),
                epoch: self.epoch,
                now: self.hub.clock.now(),
            };
            let (key, row) = high_water.row();
            batch.put(key, row);
            let bytes = batch.bytes();
            // A batch that a full disk would refuse is kept until there is space.
            while matches!(store.pressure(), Pressure::Stop { .. }) {
                if self.hub.desk.pause(SPACE_PAUSE, self.hub.inboxes.len()) {
                    break;
                }
            }
            let begin = Instant::now();
            if planted!(AckBeforeCommit) {
                self.hub.broadcast(|| Input::Durable(self.epoch));
            }
            if let Err(error) = store.commit(batch)
                && !planted!(CommitFailureIgnored)
            {
                return Some(Over::Commit(error));
            }
            self.failures = 0;
            self.legacy.careful = false;
            self.metrics.committed(begin.elapsed(), bytes);
        }
        let epoch = self.epoch;
        self.epoch += 1;
        // Before the next cut is asked for: so each shard knows of this one first.
        self.hub.broadcast(|| Input::Durable(epoch));
        None
    }

    /// Has every shard drop its memory (rule 5). Inputs are never replayed from memory: who waits
    /// for a reply finds its channel closed and asks again. Returns whether the engine goes on.
    fn forget(&mut self) -> bool {
        let shards = self.hub.inboxes.len();
        self.hub.broadcast(|| Input::Drop);
        let dropped = self.hub.desk.wait(|papers| {
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
        let Some(dropped) = dropped else {
            return false;
        };
        // What an unclean close left stays to be counted until all of it was read.
        self.legacy.clean |= !dropped.iter().any(|shard| shard.recovering);
        self.legacy.floors = dropped.into_iter().flat_map(|shard| shard.floors).collect();
        // Messages may have been tagged with the epoch after the one that was being cut.
        self.legacy.epoch = self.epoch + 1;
        true
    }
}
