//! The committer: cuts epochs, commits each as one batch, and begins a new life when one fails.
//!
//! It asks for a cut the moment it is idle and something is dirty; there is no timer. While it
//! commits one epoch the shards run the next. All shards seal an epoch before it is committed
//! (rules 2 and 3).

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rustc_hash::FxHashSet;

use super::desk::Cause;
use super::hub::{Hub, Input};
use super::life::{self, Begun, Legacy};
use super::metrics::CommitMetrics;
use crate::core::{HighWater, Sealed, merge};
use crate::engine::KernelError;
use crate::store::{Key, OpenStore, Pressure, Store, StoreError};

/// Lives that may end one after the other without a commit before the engine gives up.
const BARREN_LIVES_MAX: u32 = 5;

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
    barren_lives: u32,
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
    pub(super) fn new(hub: Arc<Hub>, opener: Arc<dyn OpenStore>, legacy: Legacy) -> Self {
        Committer {
            hub,
            opener,
            books: FxHashSet::default(),
            epoch: 0,
            legacy,
            barren_lives: 0,
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
            let reopen = match self.live(&store) {
                Over::Abandoned => return Ok(()),
                Over::Closed => {
                    // The marker comes last (rule 37).
                    let closed = store.close();
                    self.hub
                        .stop(closed.err().map_or(KernelError::Closed, KernelError::from));
                    return Ok(());
                }
                Over::Cause(Cause::Suspect { number, failures }) => {
                    self.legacy.suspects.insert(number, failures);
                    None
                }
                Over::Cause(Cause::Read(error)) => Some(KernelError::from(error)),
                Over::Commit(error) if self.stops() => {
                    // What was answered is safe; the next open counts as one after a crash.
                    self.hub.stop(error.into());
                    return Ok(());
                }
                Over::Commit(error) => {
                    self.legacy.careful |= matches!(error, StoreError::TooLarge { .. });
                    Some(KernelError::from(error))
                }
            };
            if !self.forget() {
                return Ok(());
            }
            self.count_life(reopen.as_ref())?;
            let store = match reopen {
                None => store,
                Some(error) => {
                    tracing::warn!(%error, "the store failed: opening it again");
                    // Every shard has given up its handle; this is the last.
                    drop(store);
                    life::open_store(self.opener.as_ref(), self.hub.partitions.count())?.0
                }
            };
            begun = life::begin(store, &self.hub, &self.legacy)?;
            tracing::info!(epoch = begun.epoch, "a new life begins");
        }
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

    /// Whether the engine shuts down.
    fn stops(&self) -> bool {
        let shards = self.hub.inboxes.len();
        self.hub.desk.put(|papers| papers.stopped == shards)
    }

    /// Waits until there is something to commit.
    fn idle(&self) -> Option<Over> {
        let (epoch, shards) = (self.epoch, self.hub.inboxes.len());
        self.hub.desk.wait(|papers| {
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
            if let Err(error) = store.commit(batch) {
                return Some(Over::Commit(error));
            }
            self.barren_lives = 0;
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

    /// Gives up when lives end one after the other without a commit.
    fn count_life(&mut self, error: Option<&KernelError>) -> Result<(), KernelError> {
        self.hub.restarts.fetch_add(1, Ordering::Relaxed);
        self.metrics.restarted();
        self.barren_lives += 1;
        if self.barren_lives <= BARREN_LIVES_MAX {
            return Ok(());
        }
        Err(error.cloned().unwrap_or_else(|| KernelError::Stopped {
            why: format!("{BARREN_LIVES_MAX} times in a row it went back without a commit"),
        }))
    }
}
