//! `Handle`: one instance, seen from outside.

use std::fmt;
use std::sync::{Arc, Weak};

use super::link::Link;
use crate::core::{Answer, Command, Description, Ending, Status};
use crate::durable::{Failure, OrchestrationCall, Persist};
use crate::error::{Error, Result};

/// An instance whose orchestration returns `T`: given by [`Engine::start`](super::Engine::start)
/// and [`Engine::get`](super::Engine::get).
///
/// A handle is a name. Dropping it changes nothing, cloning it is cheap, and it does not keep the
/// engine open.
pub struct Handle<T> {
    link: Weak<Link>,
    id: Arc<str>,
    orchestration: &'static str,
    failed: fn(Failure) -> Result<T, Failure>,
}

impl<T: Persist> Handle<T> {
    pub(super) fn new<O: OrchestrationCall<Output = T>>(
        link: &Arc<Link>,
        id: impl Into<Arc<str>>,
        orchestration: &'static str,
    ) -> Self {
        let (link, id) = (Arc::downgrade(link), id.into());
        Handle {
            link,
            id,
            orchestration,
            failed: O::failed,
        }
    }

    /// The id the instance was started with.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Waits until the instance has ended, and gives what it returned. May be asked any number of
    /// times, also by other handles and after a restart.
    ///
    /// A failure of the engine (the instance was cancelled, say) comes inside of `T` if `T` is a
    /// `Result` whose error is `From<Failure>`.
    ///
    /// # Errors
    /// - [`Error::Failed`] when the instance failed and `T` cannot say so.
    /// - [`Error::Parked`] when the instance was set aside; it can be retried.
    /// - [`Error::BadResult`] when what it returned cannot be read as a `T` any more.
    /// - [`Error::NotFound`] when it was purged, [`Error::Closed`] when the engine was closed.
    pub async fn result(&self) -> Result<T> {
        match self.ended().await? {
            Answer::Ended(Ending::Completed(value) | Ending::Error(value)) => {
                value.read().map_err(|source| {
                    let id = self.id.to_string();
                    Error::BadResult { id, source }
                })
            }
            Answer::Ended(Ending::Failed(failure)) => self.say(failure),
            Answer::Ended(Ending::Cancelled) => {
                let call = self.orchestration.to_owned();
                self.say(Failure::Cancelled { call })
            }
            Answer::Ended(Ending::Terminated { reason }) => {
                let call = self.orchestration.to_owned();
                self.say(Failure::Terminated { call, reason })
            }
            Answer::Parked(reason) => Err(Error::parked(&*self.id, reason)),
            answer => Err(self.refused(answer)),
        }
    }

    /// Waits until the instance has ended or is parked, and says which. Does not read its result.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it was purged, [`Error::Closed`] when the engine was closed.
    pub async fn wait(&self) -> Result<Status> {
        match self.ended().await? {
            Answer::Ended(ending) => Ok(ending.status()),
            Answer::Parked(_) => Ok(Status::Parked),
            answer => Err(self.refused(answer)),
        }
    }

    /// Where the instance is in its life.
    ///
    /// # Errors
    /// As [`describe`](Self::describe).
    pub async fn status(&self) -> Result<Status> {
        let id = self.id.to_string();
        let description = self.described(Command::Describe { id }).await?;
        Ok(description.status)
    }

    /// All that is known about the instance: where it waits, for how much, what it says of itself,
    /// its arguments and its result; see [`Engine::describe`](super::Engine::describe).
    ///
    /// # Errors
    /// [`Error::NotFound`] when it was purged, [`Error::Closed`] when the engine was closed.
    pub async fn describe(&self) -> Result<Description> {
        let id = self.id.to_string();
        self.described(Command::Inspect { id }).await
    }

    async fn described(&self, command: Command) -> Result<Description> {
        match self.command(command).await? {
            Answer::Description(description) => Ok(*description),
            answer => Err(self.refused(answer)),
        }
    }

    /// Cancels the instance and everything it has under way; returns once that is durable. Does
    /// nothing to an instance that has ended.
    ///
    /// Running activities are asked to stop by [`ActivityContext`](super::ActivityContext) and
    /// dropped after the [grace](super::EngineBuilder::cancellation_grace).
    ///
    /// # Errors
    /// [`Error::NotFound`] when it was purged, [`Error::Closed`] when the engine was closed.
    pub async fn cancel(&self) -> Result<()> {
        let id = self.id.to_string();
        match self.command(Command::Cancel { id }).await? {
            Answer::Done => Ok(()),
            answer => Err(self.refused(answer)),
        }
    }

    async fn ended(&self) -> Result<Answer> {
        let id = self.id.to_string();
        self.command(Command::Result { id }).await
    }

    pub(super) fn link(&self) -> Weak<Link> {
        self.link.clone()
    }

    pub(super) fn command(
        &self,
        command: Command,
    ) -> impl Future<Output = Result<Answer>> + Send + use<T> {
        let answer = self.link.upgrade().map(|link| link.ask(command));
        async move {
            match answer {
                Some(answer) => answer.await,
                None => Err(Error::closed("it was dropped")),
            }
        }
    }

    fn say(&self, failure: Failure) -> Result<T> {
        (self.failed)(failure).map_err(|failure| {
            let id = self.id.to_string();
            Error::Failed { id, failure }
        })
    }

    fn refused(&self, answer: Answer) -> Error {
        Error::refused(&self.id, self.orchestration, answer)
    }
}

impl<T> Clone for Handle<T> {
    fn clone(&self) -> Self {
        Handle {
            link: self.link.clone(),
            id: self.id.clone(),
            ..*self
        }
    }
}

impl<T> fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle")
            .field("id", &self.id)
            .field("orchestration", &self.orchestration)
            .finish_non_exhaustive()
    }
}
