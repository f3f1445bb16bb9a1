//! `Kernel`: shard threads and the committer over one store; the way in for clients and activities.

mod asking;
mod clock;
mod committer;
mod crumbs;
mod desk;
mod hub;
mod inbox;
mod life;
mod metrics;
#[cfg(test)]
mod nothing;
mod shard_thread;
mod steps;
#[cfg(all(test, undying_shuttle))]
mod under_shuttle;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};

pub(super) use self::asking::Asking;
use self::clock::Clock;
use self::committer::Committer;
use self::hub::{Hub, Input};
use self::shard_thread::ShardThread;
use self::steps::Steps;
pub(super) use self::steps::{Part, Stride};
use super::sync::atomic::Ordering;
use super::sync::thread::{self, JoinHandle};
use super::sync::{Mutex, MutexGuard};
use super::{KernelError, Runner, VirtualClock};
use crate::core::limits::{Bounds, PARTITIONS, REOPENING};
use crate::core::{AttemptEnded, Command, Partitions, Program};
use crate::durable::{Retry, Timestamp};
use crate::store::{OpenStore, StoreError};

/// How a kernel is run. The defaults suit most programs.
#[derive(Clone, Debug)]
pub struct KernelOptions {
    /// How many shard threads; 0 stands for one on up to two cores, else half the cores.
    pub shards: usize,
    /// How many virtual partitions the store has; 0 stands for the default.
    pub partitions: u16,
    /// What each shard keeps in memory and does at a time.
    pub bounds: Bounds,
    /// A folder for breadcrumbs, by which a turn that kills the process is found and its instance
    /// parked. Without it such a turn kills every process that opens the store.
    pub crumbs: Option<PathBuf>,
    /// When a store that failed is opened again. An attempt is one failure of the store, or of its
    /// opening, with no commit since the one before; the first opening follows at once.
    pub reopening: Retry,
    /// What time it is; None stands for the time of the machine.
    pub clock: Option<VirtualClock>,
    /// Whether it runs by itself. Without threads whoever opened it makes its steps, which the
    /// simulation of `undying::testing` does; then the clock is a virtual one.
    pub threads: bool,
}

impl Default for KernelOptions {
    fn default() -> Self {
        KernelOptions {
            shards: 0,
            partitions: 0,
            bounds: Bounds::default(),
            crumbs: None,
            reopening: REOPENING,
            clock: None,
            threads: true,
        }
    }
}

/// What a kernel is doing, for health checks.
#[derive(Clone, Debug)]
pub struct Health {
    /// How many instances are in memory.
    pub resident: usize,
    /// How much there is to do: what [`EngineBuilder::work_max`](crate::EngineBuilder::work_max) bounds,
    /// of all shards together.
    pub work: usize,
    /// Whether a shard has so much to do that it takes no more from clients.
    pub busy: bool,
    /// How often the kernel dropped its memory and went on from the store, since it was opened.
    pub restarts: u64,
    /// Why the kernel stopped for good, if it did.
    pub stopped: Option<KernelError>,
}

/// The running kernel. Dropping it without [`shutdown`](Self::shutdown) is a crash on purpose:
/// nothing is lost, but the next open checks more.
pub struct Kernel {
    hub: Arc<Hub>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    /// Instead of the threads.
    steps: Option<Mutex<Steps>>,
}

impl Kernel {
    /// Opens the store, resumes what is runnable and starts the threads.
    ///
    /// # Errors
    /// The store cannot be opened, or holds rows this version cannot read.
    pub fn open(
        store: Arc<dyn OpenStore>,
        program: Arc<dyn Program>,
        runner: Arc<dyn Runner>,
        options: KernelOptions,
    ) -> Result<Kernel, KernelError> {
        let count = match options.partitions {
            0 => PARTITIONS,
            count => count,
        };
        let partitions = Partitions::new(count, shards(options.shards));
        let opener = store;
        let (store, high_water) = life::open_store(opener.as_ref(), count)?;
        let mut bounds = options.bounds;
        if options.clock.is_some() {
            bounds.time_stands = true;
            // So that the next timer is known, and not only whether there is one soon.
            bounds.timer_horizon_ms = u64::MAX;
        }
        let clock = Clock::open(high_water.now, options.clock);
        let clean = store.was_clean();
        let hub = Hub::new(clock, partitions, bounds, options.crumbs, program, runner);
        let hub = Arc::new(hub);
        let crumbs = hub.crumbs.as_deref().filter(|_| !clean);
        let legacy = life::Legacy {
            clean,
            deaths: crumbs.map(crumbs::find).unwrap_or_default(),
            ..life::Legacy::default()
        };
        let begun = life::begin(store, &hub, &legacy)?;
        tracing::info!(
            shards = partitions.shards(),
            epoch = begun.epoch,
            clean,
            "the kernel opens"
        );
        let shards = 0..partitions.shards();
        let shards: Vec<_> = shards
            .map(|index| ShardThread::new(hub.clone(), index))
            .collect();
        let committer = Committer::new(hub.clone(), opener, legacy, options.reopening, begun);
        let mut kernel = Kernel {
            hub,
            threads: Mutex::new(Vec::new()),
            steps: None,
        };
        if !options.threads {
            kernel.steps = Some(Mutex::new(Steps::new(shards, committer)));
            return Ok(kernel);
        }
        let committer = Arc::new(Mutex::new(committer));
        let is_only = shards.len() == 1;
        for (index, mut shard) in shards.into_iter().enumerate() {
            if is_only {
                shard = shard.with_committer(committer.clone());
            }
            kernel.spawn(format!("undying-{index}"), move || shard.run())?;
        }
        let hub = kernel.hub.clone();
        kernel.spawn("undying-commit".to_owned(), move || {
            Committer::run(&committer, &hub)
        })?;
        Ok(kernel)
    }

    fn spawn(&self, name: String, run: impl FnOnce() + Send + 'static) -> Result<(), KernelError> {
        let hub = self.hub.clone();
        let spawned = thread::Builder::new()
            .name(name.clone())
            .spawn(move || guarded(&hub, run));
        let thread = spawned.map_err(|source| StoreError::Io {
            action: "start the thread",
            path: name.into(),
            source,
        })?;
        self.threads().push(thread);
        Ok(())
    }

    fn threads(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The parts that can make a step: none if it runs by itself.
    pub(super) fn ready(&self) -> Vec<Part> {
        let steps = self.steps.as_ref().map(lock);
        steps.map_or_else(Vec::new, |steps| steps.ready(&self.hub))
    }

    /// Makes a step of a part that is ready.
    pub(super) fn step(&self, part: Part, stride: Stride) {
        if let Some(steps) = &self.steps {
            guarded(&self.hub, || lock(steps).make(part, stride, &self.hub));
        }
    }

    /// Whether somebody else makes its steps.
    pub(super) fn is_stepped(&self) -> bool {
        self.steps.is_some()
    }

    /// Asks; the future is ready when the answer is durable. If the store fails meanwhile the
    /// command is asked again of its next life, unless it may not be repeated.
    ///
    /// # Errors
    /// The kernel was closed or stopped.
    pub fn command(&self, command: impl Into<Arc<Command>>) -> Asking {
        Asking::new(self.hub.clone(), command.into())
    }

    /// Tells how attempts ended. Never blocks.
    pub fn ended(&self, ended: Vec<AttemptEnded>) {
        let shards = self.hub.inboxes.len();
        if shards == 1 {
            self.hub.inboxes[0].push(Input::Ended(ended));
            return;
        }
        let mut each: Vec<Vec<AttemptEnded>> = (0..shards).map(|_| Vec::new()).collect();
        for one in ended {
            each[self.hub.partitions.shard_of(one.instance)].push(one);
        }
        for (inbox, ended) in self.hub.inboxes.iter().zip(each) {
            if !ended.is_empty() {
                inbox.push(Input::Ended(ended));
            }
        }
    }

    /// What time it is.
    pub(super) fn now(&self) -> Timestamp {
        self.hub.clock.now()
    }

    /// The clock was moved.
    pub(super) fn tick(&self) {
        self.hub.broadcast(|| Input::Tick);
    }

    /// If it has nothing to do until time passes or something arrives: a number that is another
    /// one after whatever happens. Meaningful under a virtual clock.
    pub(super) fn rest(&self) -> Option<u64> {
        self.hub.rest()
    }

    /// When it has something to do although nothing arrives.
    pub(super) fn next_wake(&self) -> Option<Timestamp> {
        let wakes = self.hub.wakes.iter().map(|at| at.load(Ordering::Relaxed));
        let shards = wakes.filter(|at| *at < u64::MAX).map(Timestamp);
        let committer = self.steps.as_ref().map(lock);
        shards
            .chain(committer.and_then(|steps| steps.next_wake()))
            .min()
    }

    /// What the kernel is doing.
    pub fn health(&self) -> Health {
        let resident = self.hub.resident.iter();
        let work = self.hub.work.iter();
        let work: Vec<_> = work.map(|work| work.load(Ordering::Relaxed)).collect();
        Health {
            resident: resident.map(|count| count.load(Ordering::Relaxed)).sum(),
            work: work.iter().sum(),
            busy: work.iter().any(|work| *work >= self.hub.bounds.work),
            restarts: self.hub.restarts.load(Ordering::Relaxed),
            stopped: self.hub.stopped(),
        }
    }

    /// Begins what [`shutdown`](Self::shutdown) waits for.
    pub(super) fn begin_shutdown(&self) {
        self.hub.broadcast(|| Input::Stop);
    }

    /// Waits until it has stopped for good; under a virtual clock.
    pub(super) async fn stopped(&self) {
        let bell = self.hub.clock.bell();
        loop {
            let rung = bell.rung();
            match rung {
                Some(rung) if self.hub.stopped().is_none() => rung.await,
                _ => return,
            }
        }
    }

    /// The process dies: nothing more is done by this kernel, whoever still holds it.
    pub(super) fn kill(&self) {
        self.hub.stop(KernelError::Closed);
    }

    /// Stops taking work, makes the last commit and closes the store, in that order. Blocks for
    /// about one commit. Attempts under way are not waited for: they are made again after the
    /// next open.
    ///
    /// # Errors
    /// The store could not be closed cleanly; everything answered before is safe.
    pub fn shutdown(&self) -> Result<(), KernelError> {
        self.begin_shutdown();
        self.join();
        match self.hub.stopped() {
            None | Some(KernelError::Closed) => Ok(()),
            Some(error) => Err(error),
        }
    }

    fn join(&self) {
        for thread in self.threads().drain(..) {
            // Its panic was caught and told.
            let _ = thread.join();
        }
    }
}

impl Drop for Kernel {
    fn drop(&mut self) {
        self.hub.stop(KernelError::Closed);
        self.join();
    }
}

impl std::fmt::Debug for Kernel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kernel")
            .field("health", &self.health())
            .finish_non_exhaustive()
    }
}

/// Runs what is run by the kernel. User code is guarded where it is called, so a panic here is a bug of
/// the engine: its memory cannot be trusted, what is durable can.
fn guarded(hub: &Hub, run: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(run)) {
        let why = crate::core::message_of(panic.as_ref());
        tracing::error!(why, "a thread of the engine failed");
        hub.stop(KernelError::Stopped { why });
    }
}

fn lock(steps: &Mutex<Steps>) -> MutexGuard<'_, Steps> {
    steps.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One shard thread on up to two cores, else one on every second.
fn shards(wanted: usize) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    match wanted {
        0 if cores <= 2 => 1,
        0 => cores / 2,
        wanted => wanted,
    }
}
