//! `Engine`: the way in for programs.

use std::any::{TypeId, type_name};
use std::path::Path;
use std::sync::Arc;

use super::link::Link;
use super::{EngineBuilder, Handle, Health, Registered, StartOptions};
use crate::core::{Answer, Command, Cursor, Description, Filter, Program};
use crate::durable::{Call, Entry, Named, Orchestration, OrchestrationCall};
use crate::error::{Error, Result};
use crate::schema::Stored;

/// A program's durable instances: starts them, finds them, and advances them while it is open.
///
/// An engine owns a store, a few threads, and the attempts of activities on the tokio runtime it
/// was opened in. Cloning it gives another name of the same engine. When the last clone is dropped
/// without [`shutdown`](Self::shutdown), that is as if the process had been killed: the store is
/// free for the next engine and nothing that was acknowledged is lost.
///
/// ```standalone_crate
/// use undying::prelude::*;
/// use undying::{Filter, Status};
///
/// #[orchestration]
/// async fn nap(length: u64) -> u64 {
///     sleep(millis(length)).await;
///     length
/// }
///
/// # #[tokio::main]
/// # async fn main() -> undying::Result<()> {
/// let engine = Engine::open_in_memory().await?; // or `Engine::open("./data")`
/// let handle = engine.start("short", nap(1)).await?;
/// assert_eq!(handle.result().await?, 1);
///
/// engine.start("long", nap(1_000_000)).await?;
/// let running = Filter { statuses: vec![Status::Running], ..Filter::default() };
/// assert_eq!(engine.list(running).await?.instances[0].id, "long");
///
/// engine.get::<NapCall>("long").await?.cancel().await?;
/// assert_eq!(engine.describe("long").await?.status, Status::Cancelled);
/// engine.shutdown().await
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Engine {
    pub(super) link: Arc<Link>,
}

/// One page of [`Engine::list`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Page {
    /// The instances, in the order of their creation within each partition.
    pub instances: Vec<Description>,
    /// Where the next page begins: set [`Filter::after`] to it. `None` on the last page.
    pub next: Option<Cursor>,
}

impl Engine {
    /// Opens the store in the folder `path` with the default options; creates it if it is missing.
    ///
    /// # Errors
    /// As [`EngineBuilder::open`].
    pub async fn open(path: impl AsRef<Path>) -> Result<Engine> {
        Engine::builder().open(path).await
    }

    /// Opens a new store in memory with the default options. For tests.
    ///
    /// # Errors
    /// As [`EngineBuilder::open`].
    pub async fn open_in_memory() -> Result<Engine> {
        Engine::builder().open_in_memory().await
    }

    /// An engine with options.
    pub fn builder() -> EngineBuilder {
        EngineBuilder::new()
    }

    pub(super) fn new(link: Link) -> Self {
        Engine {
            link: Arc::new(link),
        }
    }

    /// Starts an orchestration, and returns once that is durable. The same id twice is the same
    /// instance: the second start changes nothing, whatever its arguments are, and gives a handle
    /// to the first, also when that has ended.
    ///
    /// An [id of the call itself](Orchestration::id) is not looked at.
    ///
    /// # Errors
    /// Nothing was started when
    /// - the id is empty or too long: [`Error::IdEmpty`], [`Error::IdTooLong`];
    /// - the arguments are too large or cannot be written: [`Error::PayloadTooLarge`],
    ///   [`Error::BadArguments`];
    /// - a generic orchestration was never registered: [`Error::UnregisteredCall`];
    /// - the id belongs to another orchestration's instance: [`Error::AnotherOrchestration`];
    /// - the engine has [too much to do](super::EngineBuilder::work_max), or is short of disk:
    ///   [`Error::Busy`].
    ///
    /// After [`Error::Closed`] it may have been started; start it again with the same id.
    pub async fn start<O: OrchestrationCall>(
        &self,
        id: impl Into<String>,
        call: Orchestration<O>,
    ) -> Result<Handle<O::Output>> {
        self.start_with(id, call, StartOptions::new()).await
    }

    /// As [`start`](Self::start), with options.
    ///
    /// # Errors
    /// As [`start`](Self::start); and [`Error::Invalid`] when the tags are too many or too long.
    pub async fn start_with<O: OrchestrationCall>(
        &self,
        id: impl Into<String>,
        call: Orchestration<O>,
        options: StartOptions,
    ) -> Result<Handle<O::Output>> {
        let id = id.into();
        Error::check_id(&id)?;
        let name = self.entry::<O>()?.name;
        let args = encode(name, &call.into_args())?;
        let handle = Handle::new::<O>(&self.link, id.as_str(), name);
        let replaces = match options.replaces_ended {
            true => self.ended(&id).await?,
            false => None,
        };
        let start = Command::Start {
            id,
            name: name.to_owned(),
            args,
            tags: options.tags,
            replaces,
        };
        match self.link.ask(start).await? {
            Answer::Started { .. } => Ok(handle),
            answer => Err(Error::refused(handle.id(), name, answer)),
        }
    }

    /// A handle to the instance `id` of the orchestration with the call type `O`.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::AnotherOrchestration`], [`Error::UnregisteredCall`],
    /// [`Error::Closed`].
    pub async fn get<O: OrchestrationCall>(&self, id: &str) -> Result<Handle<O::Output>> {
        let name = self.entry::<O>()?.name;
        let found = self.describe(id).await?.orchestration;
        if found != name {
            let answer = Answer::AnotherOrchestration { name: found };
            return Err(Error::refused(id, name, answer));
        }
        Ok(Handle::new::<O>(&self.link, id, name))
    }

    /// Describes the instance `id`, whatever its orchestration is; with its values, which are read
    /// and [printed](crate::schema::Stored) by their stored schemas, so nobody needs their types.
    /// The id of an entity is `@Account@ada`.
    ///
    /// ```standalone_crate
    /// use undying::prelude::*;
    ///
    /// #[orchestration]
    /// async fn double(number: u64) -> Option<u64> {
    ///     number.checked_mul(2)
    /// }
    ///
    /// # #[tokio::main]
    /// # async fn main() -> undying::Result<()> {
    /// let engine = Engine::open_in_memory().await?;
    /// engine.start("one", double(4)).await?.wait().await?;
    /// let one = engine.describe("one").await?;
    /// assert_eq!(one.arguments.map(|it| it.to_string()).as_deref(), Some("arguments { number: 4 }"));
    /// assert_eq!(one.result.map(|it| it.to_string()).as_deref(), Some("Some(8)"));
    /// # engine.shutdown().await
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Closed`].
    pub async fn describe(&self, id: &str) -> Result<Description> {
        match self.command(Command::Inspect { id: id.to_owned() }).await? {
            Answer::Description(description) => Ok(*description),
            answer => Err(Error::refused(id, "", answer)),
        }
    }

    /// Lists instances, a page at a time. One whose row cannot be read is listed as parked, without
    /// its orchestration and its times.
    ///
    /// # Errors
    /// [`Error::Closed`].
    pub async fn list(&self, filter: Filter) -> Result<Page> {
        match self.link.ask(Command::List(filter)).await? {
            Answer::Listed(instances, next) => Ok(Page { instances, next }),
            answer => Err(Error::refused("", "", answer)),
        }
    }

    /// Lets the parked instance `id` go on: after what it was parked for was mended. Does nothing
    /// to an instance that is not parked.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Closed`].
    pub async fn retry(&self, id: &str) -> Result<()> {
        match self.link.ask(Command::Retry { id: id.to_owned() }).await? {
            Answer::Done => Ok(()),
            answer => Err(Error::refused(id, "", answer)),
        }
    }

    /// The annotated functions this engine knows, sorted by name. A test of yours may compare
    /// them: a crate that nothing mentions is not linked, and its functions are missing.
    #[must_use]
    pub fn registered(&self) -> Vec<Registered> {
        self.link.registry.list()
    }

    /// What the engine is doing, for health checks.
    #[must_use]
    pub fn health(&self) -> Health {
        self.link.health()
    }

    /// Closes the engine and its store: takes no more commands, asks running activities to stop,
    /// waits for them for at most the [grace](EngineBuilder::cancellation_grace), makes the last
    /// commit, and marks the store as cleanly closed. Activities that were stopped are made again
    /// when the store is opened next.
    ///
    /// Other names of this engine answer [`Error::Closed`] from now on. Shutting down twice is
    /// shutting down once.
    ///
    /// # Errors
    /// The store could not be closed cleanly. All that was acknowledged is safe; the next open
    /// takes longer.
    pub async fn shutdown(&self) -> Result<()> {
        self.link.shutdown().await
    }

    pub(super) fn command(
        &self,
        command: Command,
    ) -> impl Future<Output = Result<Answer>> + Send + use<> {
        self.link.ask(command)
    }

    pub(super) fn entry<O: OrchestrationCall>(&self) -> Result<Arc<Entry>> {
        let entry = self.link.registry.by_call(TypeId::of::<O>());
        entry.ok_or_else(|| Error::UnregisteredCall {
            call: type_name::<O>(),
        })
    }
}

pub(super) fn encode<C: Call>(name: &'static str, args: &Named<C>) -> Result<Stored> {
    let args = Stored::write(args).map_err(|source| Error::BadArguments { call: name, source })?;
    Error::check_payload(name, args.bytes.len())?;
    Ok(args)
}
