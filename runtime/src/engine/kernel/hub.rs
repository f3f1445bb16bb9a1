//! `Hub`: what clients, activities, shard threads and the committer share.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock, PoisonError};

use ::metrics::Counter;
use tokio::sync::oneshot;

use super::clock::Clock;
use super::desk::Desk;
use super::inbox::Inbox;
use super::metrics;
use crate::core::limits::{Bounds, COMMANDS_WAITING_MAX, REPEATS_WAITING_MAX};
use crate::core::{Answer, AttemptEnded, Bundle, Command, Partitions, Program, Reply, Shard};
use crate::engine::sync::Mutex;
use crate::engine::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use crate::engine::{KernelError, Runner};
use crate::store::Store;

/// Who asked.
#[derive(Debug)]
pub(super) struct Asker(pub(super) oneshot::Sender<Result<Answer, KernelError>>);

impl Reply for Asker {
    fn is_gone(&self) -> bool {
        self.0.is_closed()
    }
}

/// What a shard thread is told.
pub(super) enum Input {
    /// What its client keeps, to ask again if this life ends.
    Command(Arc<Command>, Asker),
    Ended(Vec<AttemptEnded>),
    Bundle(Bundle),
    /// Seal this epoch as soon as there is a good moment.
    Cut(u64),
    /// This epoch is durable.
    Durable(u64),
    /// This life is over: drop all memory.
    Drop,
    /// A new life begins.
    Open(Box<Shard<Asker>>, Arc<dyn Store>),
    /// The clock was moved.
    Tick,
    /// Run nothing more: the engine shuts down.
    Stop,
}

/// See the module.
pub(super) struct Hub {
    pub(super) inboxes: Vec<Inbox<Input>>,
    pub(super) desk: Desk,
    pub(super) clock: Clock,
    pub(super) partitions: Partitions,
    pub(super) bounds: Bounds,
    pub(super) crumbs: Option<PathBuf>,
    pub(super) program: Arc<dyn Program>,
    pub(super) runner: Arc<dyn Runner>,
    /// Commands in each inbox, the large ones more than once.
    pub(super) waiting: Vec<AtomicUsize>,
    /// Those that were told that the engine is busy.
    pub(super) refused: Vec<Counter>,
    /// How much each shard has to do, as it last said (rule 29).
    pub(super) work: Vec<AtomicUsize>,
    /// Instances in the memory of each shard.
    pub(super) resident: Vec<AtomicUsize>,
    /// When each shard has something to do again although nothing arrives, in milliseconds.
    pub(super) wakes: Vec<AtomicU64>,
    pub(super) restarts: AtomicU64,
    /// Looked at for each command, so without a lock.
    stopped: OnceLock<KernelError>,
    /// Held by who lets messages leave.
    leaving: Mutex<()>,
}

impl Hub {
    pub(super) fn new(
        clock: Clock,
        partitions: Partitions,
        bounds: Bounds,
        crumbs: Option<PathBuf>,
        program: Arc<dyn Program>,
        runner: Arc<dyn Runner>,
    ) -> Self {
        let each = 0..partitions.shards();
        let bell = clock.bell();
        Hub {
            inboxes: each.clone().map(|_| Inbox::new(bell.clone())).collect(),
            desk: Desk::new(bell),
            clock,
            partitions,
            bounds,
            crumbs,
            program,
            runner,
            waiting: each.clone().map(|_| AtomicUsize::new(0)).collect(),
            work: each.clone().map(|_| AtomicUsize::new(0)).collect(),
            refused: each.clone().map(metrics::refused).collect(),
            resident: each.clone().map(|_| AtomicUsize::new(0)).collect(),
            wakes: each.map(|_| AtomicU64::new(u64::MAX)).collect(),
            restarts: AtomicU64::new(0),
            stopped: OnceLock::new(),
            leaving: Mutex::new(()),
        }
    }

    /// Lets messages leave, each for its shard, at once as far as any taker can see: nobody who was
    /// told of one of them sends anything that arrives before the others.
    pub(super) fn publish(&self, bundles: impl Iterator<Item = (usize, Bundle)>) {
        let mut bundles = bundles.peekable();
        if bundles.peek().is_none() {
            return;
        }
        let _leaving = self.leaving.lock().unwrap_or_else(PoisonError::into_inner);
        for (shard, bundle) in bundles {
            self.inboxes[shard].push(Input::Bundle(bundle));
        }
    }

    /// Why the engine stopped, if it did.
    pub(super) fn stopped(&self) -> Option<KernelError> {
        self.stopped.get().cloned()
    }

    /// Stops the engine for good: every thread ends, everyone who waits is told why. The reason is
    /// set before the inboxes are closed, so whoever finds one closed finds the reason.
    pub(super) fn stop(&self, why: KernelError) {
        self.stopped.get_or_init(|| why);
        self.desk.put(|papers| papers.abandoned = true);
        for inbox in &self.inboxes {
            inbox.close();
        }
        self.clock.bell().ring();
    }

    /// If no shard has anything to do before time passes or something arrives, and no commit is
    /// under way: a number that is another one after whatever happens.
    pub(super) fn rest(&self) -> Option<u64> {
        if self.stopped().is_some() {
            return Some(0);
        }
        let shards: Option<u64> = self.inboxes.iter().map(Inbox::rest).sum();
        Some(shards? + self.desk.rest()?)
    }

    pub(super) fn broadcast(&self, input: impl Fn() -> Input) {
        for inbox in &self.inboxes {
            inbox.push(input());
        }
    }

    /// The shard that answers a command.
    pub(super) fn shard_of(&self, command: &Command) -> usize {
        match command.home() {
            Some(id) => self.partitions.shard(self.partitions.of_id(id)),
            // It reads the whole store, so any will do.
            None => 0,
        }
    }

    /// What a client is told at once, if so much waits or has to be done that the shard need not even be
    /// asked (rule 29).
    pub(super) fn busy(&self, shard: usize, command: &Command) -> Option<Answer> {
        let waiting = self.waiting[shard].load(Ordering::Relaxed);
        if waiting >= COMMANDS_WAITING_MAX {
            let why = format!("{COMMANDS_WAITING_MAX} commands wait already");
            return Some(Answer::Busy { why });
        }
        let max = self.bounds.work;
        let work = self.work[shard].load(Ordering::Relaxed) + waiting;
        // A few are looked at all the same: they may be repeats of what was done.
        let refused = command.makes_work() && work >= max && waiting >= REPEATS_WAITING_MAX;
        refused.then(|| Answer::busy_with(shard, work, max))
    }

    pub(super) fn command(&self, shard: usize, command: Arc<Command>, asker: Asker) {
        self.waiting[shard].fetch_add(command.weight(), Ordering::Relaxed);
        self.inboxes[shard].push(Input::Command(command, asker));
    }
}
