//! `EngineBuilder`: the options of an engine.

use std::any::{TypeId, type_name};
use std::panic::{Location, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime;

use super::activities::{Activities, Tasks};
use super::link::Link;
use super::registry::Registry;
use super::testing::Process;
use super::{Engine, Kernel, KernelOptions, States, VirtualClock};
use crate::core::Versioning;
use crate::durable::limits::VERSION_BYTES_MAX;
use crate::durable::{ActivityCall, Entry, OrchestrationCall, VersionMatch};
use crate::error::{Error, Result};
use crate::store::memory::MemoryDisk;
use crate::store::{Durability, OpenStore, StoreOptions};

/// Options of an engine, made by [`Engine::builder`]. Every option has a default.
#[derive(Debug, Clone)]
pub struct EngineBuilder {
    pub(super) states: States,
    entries: Vec<Entry>,
    durability: Durability,
    accept_data_loss: bool,
    versioning: Versioning,
    retention: Vec<(TypeId, &'static str, Duration)>,
    activities_max: usize,
    grace: Duration,
    kernel: KernelOptions,
    /// The simulated process that it is opened in.
    process: Option<Arc<Process>>,
}

impl EngineBuilder {
    pub(super) fn new() -> Self {
        EngineBuilder {
            states: States::initial(),
            entries: Vec::new(),
            durability: Durability::default(),
            accept_data_loss: false,
            versioning: Versioning::default(),
            retention: Vec::new(),
            activities_max: 1_000,
            grace: Duration::from_secs(5),
            kernel: KernelOptions {
                partitions: StoreOptions::VIRTUAL_PARTITIONS,
                ..KernelOptions::default()
            },
            process: None,
        }
    }

    /// Opens it as a part of a simulated process, with that process' clock and so many shards.
    pub(super) fn simulated(mut self, process: Arc<Process>, shards: usize) -> Self {
        self.kernel.threads = false;
        self.kernel.clock = Some(process.clock.clone());
        self.kernel.shards = shards;
        self.kernel.partitions = 8;
        // Each test needs a few of the activities of its program.
        self.states.may_miss = true;
        self.process = Some(process);
        self
    }

    /// Adds the application state that activities take as `State(x): State<T>`. `T` is cloned for
    /// each attempt, so wrap what is large in an `Arc`.
    ///
    /// Default = none.
    #[must_use]
    pub fn state<T: Clone + Send + Sync + 'static>(mut self, state: T) -> Self {
        self.states.insert(state);
        self
    }

    /// Registers a generic activity for one choice of its types, under the stored name `name`.
    /// Functions that are not generic register themselves.
    ///
    /// Default = none.
    #[must_use]
    #[track_caller]
    pub fn register_activity<A: ActivityCall>(self, name: &'static str) -> Self {
        let at = Location::caller();
        self.register(name, Entry::activity::<A>(at.file(), at.line()))
    }

    /// Registers a generic orchestration for one choice of its types, under the stored name
    /// `name`. Functions that are not generic register themselves.
    ///
    /// ```standalone_crate
    /// use undying::prelude::*;
    ///
    /// #[orchestration]
    /// async fn later<T: Persist>(value: T) -> T {
    ///     sleep(millis(1)).await;
    ///     value
    /// }
    ///
    /// # #[tokio::main]
    /// # async fn main() -> undying::Result<()> {
    /// let engine = Engine::builder()
    ///     .register_orchestration::<LaterCall<u32>>("later_u32")
    ///     .open_in_memory()
    ///     .await?;
    /// assert_eq!(engine.start("1", later(7u32)).await?.result().await?, 7);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Default = none.
    #[must_use]
    #[track_caller]
    pub fn register_orchestration<O: OrchestrationCall>(self, name: &'static str) -> Self {
        let at = Location::caller();
        self.register(name, Entry::orchestration::<O>(at.file(), at.line()))
    }

    fn register(mut self, name: &'static str, entry: Entry) -> Self {
        self.entries.push(Entry { name, ..entry });
        self
    }

    /// How long instances of the orchestration with the call type `O` are kept after they ended;
    /// then they are [purged](Engine::purge), a little later if the program does not run. What has
    /// not ended is never purged.
    ///
    /// It counts for the instances that end while it is set, and for those alone, also when the
    /// next program has another.
    ///
    /// Default = for ever.
    #[must_use]
    pub fn retention<O: OrchestrationCall>(mut self, time: Duration) -> Self {
        let call = (TypeId::of::<O>(), type_name::<O>(), time);
        self.retention.push(call);
        self
    }

    /// The version of this program. It is stamped on every instance that this engine starts, for a
    /// client, an orchestration, an entity or a schedule, and stays with it for life: through
    /// crashes, [`continue_as_new`](crate::continue_as_new) and [rewinding](Engine::rewind). What is
    /// [restarted](Engine::restart) is another instance, and is stamped anew. Code reads it by
    /// [`Context::version`](crate::Context::version), lists select by it ([`Filter::versions`]), and
    /// [`version_match`](Self::version_match) says which instances run. 1 to
    /// [`VERSION_BYTES_MAX`] bytes.
    ///
    /// Few programs need one. That an instance goes on where it was needs no version: its frame
    /// carries the schema it was written with, and what today's code cannot read is refused by name.
    /// A version is for a change of *behaviour* that instances under way shall not take part in:
    ///
    /// ```standalone_crate
    /// use undying::prelude::*;
    /// use undying::{Filter, compare_versions};
    ///
    /// #[orchestration]
    /// async fn parcel(cx: &mut Context, weight: u64) -> u64 {
    ///     sleep(millis(1)).await;
    ///     let is_old = compare_versions(cx.version(), Some("1.4.0")).is_lt();
    ///     if is_old { 5 } else { 5 + weight } // what was promised before 1.4.0 is kept
    /// }
    ///
    /// # #[tokio::main]
    /// # async fn main() -> undying::Result<()> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let data = folder.path().join("data");
    /// let engine = Engine::builder().version("1.3.2").open(&data).await?;
    /// engine.start("early", parcel(10)).await?;
    /// engine.shutdown().await?;
    /// # drop(engine);
    ///
    /// let engine = Engine::builder().version("1.4.0").open(&data).await?;
    /// let early = engine.start("early", parcel(10)).await?; // the same one, and still of 1.3.2
    /// let late = engine.start("late", parcel(10)).await?;
    /// assert_eq!((early.result().await?, late.result().await?), (5, 15));
    ///
    /// let old = Filter { versions: vec!["1.3.2".into()], ..Filter::default() };
    /// assert_eq!(engine.list(old).await?.instances[0].id, "early");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Default = none.
    ///
    /// [`Filter::versions`]: crate::Filter::versions
    #[must_use]
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.versioning.version = Some(version.into().into());
        self
    }

    /// Which instances this engine runs, by their version. One that does not fit is parked with
    /// [`Refusal::AnotherVersion`](crate::Refusal::AnotherVersion) when its next turn comes; events,
    /// results and timers wait for it. It goes on by itself when the store is opened with a version
    /// that fits: it need not be [retried](Engine::retry).
    ///
    /// So the old program may finish what it began before the new one is deployed, or after the new
    /// one was taken back.
    ///
    /// Default = [`VersionMatch::Any`].
    #[must_use]
    pub fn version_match(mut self, takes: VersionMatch) -> Self {
        self.versioning.takes = takes;
        self
    }

    /// How many of its latest [history](Engine::history) entries each instance keeps at least, in
    /// steps of 16; 0 for none. One entry has about 15 bytes. Entities keep fewer than 16.
    ///
    /// It counts for what happens while it is set: with 0 the entries stay that there are.
    ///
    /// Default = 1,000.
    #[must_use]
    pub fn history(mut self, entries: usize) -> Self {
        self.kernel.bounds.history_entries = entries;
        self
    }

    /// How many virtual partitions the instances of a new store are spread over: the most shards
    /// it can ever use. Fixed when the store is created; a store with another number is refused.
    ///
    /// Default = 64.
    #[must_use]
    pub fn partitions(mut self, partitions: u16) -> Self {
        self.kernel.partitions = partitions;
        self
    }

    /// How many threads advance instances; 0 stands for the default. May change at every open.
    ///
    /// Default = one on up to two cores, else half of the cores.
    #[must_use]
    pub fn shards(mut self, shards: usize) -> Self {
        self.kernel.shards = shards;
        self
    }

    /// When something counts as done: once it survives the loss of power, or once it survives the
    /// loss of the process.
    ///
    /// Default = [`Durability::Sync`].
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// How many attempts of activities run at once in this process; the others wait in the order
    /// in which they were asked for. Each activity can have a lower limit of its own.
    ///
    /// Default = 1,000.
    #[must_use]
    pub fn activities_max(mut self, max: usize) -> Self {
        self.activities_max = max;
        self
    }

    /// How much each shard may have to do before it takes no more from clients. Counted are the turns
    /// that are ready, the messages that wait to be taken, and the instances with activities under way:
    /// one of those once, and once more for each 100 activities and each 8 KiB of arguments. What sleeps
    /// or waits, for a timer, a retry, an event, a child or a lock, is not counted, however many there
    /// are.
    ///
    /// At the limit whatever would make more work is refused with [`Error::Busy`]: starts, restarts and
    /// rewinds, calls and signals, events that are raised, sent and asked. Nothing of it was done, and
    /// the caller may ask again after a pause; the engine does not do that by itself. What was asked
    /// before, by the same id or [idempotency key](super::Request::idempotency_key), is answered as
    /// ever, unless very many ask at once. What looks, ends, cancels or lets go on is never refused,
    /// and neither is what the engine's own instances start, send and signal: it goes on, and makes
    /// room.
    ///
    /// Choose less if clients rather hear soon that it is too much than wait: what is accepted waits
    /// for all that was accepted before. An activity that calls this engine is a client of it: let its
    /// `Busy` be an error of the activity, which is then retried.
    ///
    /// ```standalone_crate
    /// use undying::prelude::*;
    /// use undying::Error;
    ///
    /// #[activity]
    /// async fn slow() {
    ///     tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    /// }
    ///
    /// #[orchestration]
    /// async fn job() {
    ///     slow().await
    /// }
    ///
    /// # #[tokio::main]
    /// # async fn main() -> undying::Result<()> {
    /// let engine = Engine::builder().shards(1).work_max(1).open_in_memory().await?;
    /// let first = engine.start("first", job()).await?;
    /// assert!(matches!(engine.start("second", job()).await, Err(Error::Busy { .. })));
    /// engine.start("first", job()).await?; // it is known
    /// first.result().await?;
    /// engine.start("second", job()).await?; // there is room again
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Default = 20,000.
    #[must_use]
    pub fn work_max(mut self, max: usize) -> Self {
        self.kernel.bounds.work = max;
        self
    }

    /// How long an activity may go on after it was cancelled, to clean up; then its future is
    /// dropped. [`Engine::shutdown`] waits for as long.
    ///
    /// Default = 5 s.
    #[must_use]
    pub fn cancellation_grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// The clock the engine goes by, for tests that wait for days: time passes when the test says so.
    /// See [`VirtualClock`].
    ///
    /// Default = the clock of the machine.
    #[must_use]
    pub fn clock(mut self, clock: &VirtualClock) -> Self {
        self.kernel.clock = Some(clock.clone());
        self
    }

    /// How long the answer to a request with an [idempotency key](super::Request::idempotency_key)
    /// is kept; a request that comes later with the same key is a new one. Counts from the answer,
    /// in milliseconds and at least one; deleted up to as long again after that. Until then its key
    /// is noted in memory: in 1.25 to 21 bytes, and all keys of a shard that were answered within such
    /// a time in 90 MB at most.
    ///
    /// Default = a day.
    #[must_use]
    pub fn answers_kept(mut self, time: Duration) -> Self {
        let ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.kernel.bounds.answers_kept_ms = ms.max(1);
        self
    }

    /// How long events wait for an instance that nobody has started, counted from the last that
    /// came: those that orchestrations and entities raise, and those that clients raise
    /// [early](super::Raise::early). Then they are dropped, counted by the metric
    /// `undying_dead_letters_total` and logged with the id.
    ///
    /// Default = a day.
    #[must_use]
    pub fn early_events_kept(mut self, time: Duration) -> Self {
        let ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.kernel.bounds.early_events_kept_ms = ms;
        self
    }

    /// Opens a damaged store although acknowledged work is gone from it. Set it once, after the
    /// error that asks for it, and never in a program's normal configuration.
    ///
    /// Default = false.
    #[must_use]
    pub fn accept_data_loss(mut self, accept: bool) -> Self {
        self.accept_data_loss = accept;
        self
    }

    /// Opens the store in the folder `path`, whose parent must exist, and resumes what was under
    /// way. Call it in the tokio runtime that activities are to run on.
    ///
    /// # Errors
    /// - [`Error::TwoOfOneName`], [`Error::MissingState`]: the program is not complete.
    /// - [`Error::Store`]: the folder is in use, missing, damaged, or of another version.
    /// - [`Error::NoRuntime`], [`Error::BadOption`], [`Error::BadVersion`].
    pub async fn open(mut self, path: impl AsRef<Path>) -> Result<Engine> {
        self.kernel.crumbs = Some(path.as_ref().to_owned());
        let store = StoreOptions::new(path)
            .durability(self.durability)
            .virtual_partitions(self.kernel.partitions)
            .accept_data_loss(self.accept_data_loss);
        self.open_store(Arc::new(store)).await
    }

    /// Opens a new store in memory. For tests.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_in_memory(self) -> Result<Engine> {
        self.open_store(Arc::new(MemoryDisk::new())).await
    }

    /// Opens a store of any kind: one that your tests make fail, say. Options of the embedded
    /// store have no meaning here.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_store(self, store: Arc<dyn OpenStore>) -> Result<Engine> {
        self.check()?;
        let runtime = current_runtime()?;
        let mut registry = Registry::collect(self.entries, &self.states)?;
        for (call_type, call, time) in self.retention {
            if !registry.keep(call_type, time) {
                return Err(Error::UnregisteredCall { call });
            }
        }
        registry.versioning = self.versioning;
        let registry = Arc::new(registry);
        let states = Arc::new(self.states);
        let clock = self.kernel.clock.clone();
        let bell = clock.as_ref().map(VirtualClock::bell).unwrap_or_default();
        let tasks = match &self.process {
            None => Tasks::Runtime(runtime.clone()),
            Some(process) => Tasks::Simulated(process.pool.clone()),
        };
        let activities = Activities::new(tasks, states, self.activities_max, self.grace, bell);
        let (program, runner) = (registry.clone(), Arc::new(activities.clone()));
        let options = self.kernel;
        let opening = move || Kernel::open(store, program, runner, options);
        let kernel = match &self.process {
            None => runtime
                .spawn_blocking(opening)
                .await
                .map_err(|stopped| Error::closed(stopped.to_string()))??,
            Some(_) => opening()?,
        };
        let engine = Engine::new(Link::new(registry, kernel, activities, runtime));
        if let Some(clock) = clock {
            clock.attach(&engine.link);
        }
        if let Some(process) = self.process {
            process.attach(&engine.link);
        }
        Ok(engine)
    }

    fn check(&self) -> Result<()> {
        let bad = |option, value| {
            Err(Error::BadOption {
                option,
                value,
                allowed: "at least 1",
            })
        };
        if self.kernel.partitions == 0 {
            return bad("partitions", 0);
        }
        if self.activities_max == 0 {
            return bad("activities_max", 0);
        }
        if self.kernel.bounds.work == 0 {
            return bad("work_max", 0);
        }
        if let Some(version) = &self.versioning.version
            && (version.is_empty() || version.len() > VERSION_BYTES_MAX)
        {
            return Err(Error::BadVersion {
                bytes: version.len(),
                max: VERSION_BYTES_MAX,
            });
        }
        Ok(())
    }
}

/// The runtime this is called in, if it can run activities.
fn current_runtime() -> Result<runtime::Handle> {
    let runtime = runtime::Handle::try_current().map_err(|_| Error::NoRuntime {
        problem: "it must be opened within a tokio runtime, as in `#[tokio::main]`",
    })?;
    // Tokio has no question for it, only a panic.
    catch_unwind(|| drop(tokio::time::sleep(Duration::ZERO))).map_err(|_| Error::NoRuntime {
        problem: "the tokio runtime has no timers; build it with `enable_all` or `enable_time`",
    })?;
    Ok(runtime)
}
