//! What operators do to instances: terminate, suspend, resume, purge, restart, count.

use std::collections::BTreeMap;

use super::{Engine, Handle};
use crate::core::{Answer, Command, Filter, Origin, Status};
use crate::durable::Persist;
use crate::error::{Error, Result};

const MUST_LIVE: &str = "it has ended, and nothing can be suspended or resumed of it any more";
const MUST_BE_OVER: &str = "wait until it has ended, or cancel or terminate it first";

impl Engine {
    /// Ends the instance `id` with [`Status::Terminated`] and this reason, of at most 4 KiB; its
    /// children and theirs, too. Returns once that is durable for the instance itself. Does
    /// nothing to an instance that has ended.
    ///
    /// Running activities are asked to stop by [`ActivityContext`](super::ActivityContext) and
    /// dropped after the [grace](super::EngineBuilder::cancellation_grace).
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Closed`], and [`Error::Invalid`] for a reason that is too long.
    pub async fn terminate(&self, id: &str, reason: impl Into<String>) -> Result<()> {
        let (id, reason) = (id.to_owned(), reason.into());
        self.done(Command::Terminate { id, reason }, MUST_LIVE)
            .await
    }

    /// Lets the instance `id` get no more turns until it is [resumed](Self::resume), also after a
    /// restart of the program. Nothing is lost meanwhile: calls under way come to their ends,
    /// timers fire, and what arrives is kept. Its children are not suspended. The reason has at
    /// most 4 KiB; suspending again replaces it.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Closed`]; [`Error::WrongStatus`] when it has ended, and
    /// [`Error::Invalid`] for a reason that is too long.
    pub async fn suspend(&self, id: &str, reason: impl Into<String>) -> Result<()> {
        let (id, reason) = (id.to_owned(), reason.into());
        self.done(Command::Suspend { id, reason }, MUST_LIVE).await
    }

    /// Lets the suspended instance `id` go on. Does nothing to one that is not suspended.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Closed`]; [`Error::WrongStatus`] when it has ended.
    pub async fn resume(&self, id: &str) -> Result<()> {
        let id = id.to_owned();
        self.done(Command::Resume { id }, MUST_LIVE).await
    }

    /// Deletes the instance `id`, which must have ended, with all that is stored of it. Its id may
    /// be started anew and is then another instance. Returns whether there was one.
    ///
    /// Its children are instances of their own and stay. Activities that it spawned and did not
    /// await are asked to stop.
    ///
    /// # Errors
    /// [`Error::Closed`]; [`Error::WrongStatus`] when it has not ended.
    pub async fn purge(&self, id: &str) -> Result<bool> {
        let (id, number) = (id.to_owned(), None);
        let purged = self.done(Command::Purge { id, number }, MUST_BE_OVER).await;
        match purged {
            Ok(()) => Ok(true),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Begins the instance `id`, which must have ended, again with the arguments and tags it was
    /// started with: as another instance of the same id, in whose place the old one is purged.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Closed`]; [`Error::WrongStatus`] when it has not ended;
    /// [`Error::Invalid`] when this program has not its orchestration; [`Error::Busy`] when the engine
    /// has [too much to do](super::EngineBuilder::work_max).
    pub async fn restart(&self, id: &str) -> Result<()> {
        let number = self.origin(id).await?.number;
        let id = id.to_owned();
        self.done(Command::Restart { id, number }, MUST_BE_OVER)
            .await
    }

    /// Starts what the instance `id`, which must have ended, was started with once more under the
    /// id `new_id`. The old one stays. If there is an instance `new_id` of the same orchestration
    /// already, this does nothing, as [`start`](Self::start) does.
    ///
    /// # Errors
    /// As [`restart`](Self::restart); and [`Error::IdEmpty`], [`Error::IdTooLong`],
    /// [`Error::AnotherOrchestration`] for the new id.
    pub async fn restart_as(&self, id: &str, new_id: impl Into<String>) -> Result<()> {
        let new_id = new_id.into();
        Error::check_id(&new_id)?;
        let origin = self.origin(id).await?;
        let name = origin.orchestration;
        let start = Command::Start {
            id: new_id.clone(),
            name: name.clone(),
            args: origin.args,
            tags: origin.tags,
            replaces: None,
        };
        match self.link.ask(start).await? {
            Answer::Started { .. } => Ok(()),
            answer => Err(Error::refused(&new_id, &name, answer)),
        }
    }

    /// How many instances fit the filter, by their status; a status that none has is missing.
    ///
    /// # Errors
    /// [`Error::Closed`].
    pub async fn count(&self, mut filter: Filter) -> Result<BTreeMap<Status, u64>> {
        let mut counts = BTreeMap::new();
        loop {
            match self.link.ask(Command::Count(filter.clone())).await? {
                Answer::Counted(some, next) => {
                    for (status, count) in some {
                        *counts.entry(status).or_default() += count;
                    }
                    filter.after = next;
                }
                answer => return Err(Error::refused("", "", answer)),
            }
            if filter.after.is_none() {
                return Ok(counts);
            }
        }
    }

    async fn origin(&self, id: &str) -> Result<Origin> {
        let command = Command::Origin { id: id.to_owned() };
        match self.link.ask(command).await? {
            Answer::Origin(origin) if origin.status.has_ended() => Ok(*origin),
            Answer::Origin(origin) => Err(Error::WrongStatus {
                id: id.to_owned(),
                status: origin.status,
                remedy: MUST_BE_OVER,
            }),
            answer => Err(Error::refused(id, "", answer)),
        }
    }

    async fn done(&self, command: Command, remedy: &'static str) -> Result<()> {
        let id = command.id().unwrap_or_default().to_owned();
        let answer = self.link.ask(command).await?;
        done(&id, answer, remedy)
    }
}

impl<T: Persist> Handle<T> {
    /// Ends the instance and its children with a reason; see [`Engine::terminate`].
    ///
    /// # Errors
    /// As [`Engine::terminate`].
    pub async fn terminate(&self, reason: impl Into<String>) -> Result<()> {
        let (id, reason) = (self.id().to_owned(), reason.into());
        self.done(Command::Terminate { id, reason }).await
    }

    /// Lets the instance get no more turns until it is resumed; see [`Engine::suspend`].
    ///
    /// # Errors
    /// As [`Engine::suspend`].
    pub async fn suspend(&self, reason: impl Into<String>) -> Result<()> {
        let (id, reason) = (self.id().to_owned(), reason.into());
        self.done(Command::Suspend { id, reason }).await
    }

    /// Lets the suspended instance go on; see [`Engine::resume`].
    ///
    /// # Errors
    /// As [`Engine::resume`].
    pub async fn resume(&self) -> Result<()> {
        let id = self.id().to_owned();
        self.done(Command::Resume { id }).await
    }

    async fn done(&self, command: Command) -> Result<()> {
        let answer = self.command(command).await?;
        done(self.id(), answer, MUST_LIVE)
    }
}

fn done(id: &str, answer: Answer, remedy: &'static str) -> Result<()> {
    let id = id.to_owned();
    match answer {
        Answer::Done | Answer::Started { .. } => Ok(()),
        Answer::WrongStatus { status } => Err(Error::WrongStatus { id, status, remedy }),
        answer => Err(Error::refused(&id, "", answer)),
    }
}
