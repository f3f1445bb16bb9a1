//! Raising events from outside.

use super::{Engine, Handle};
use crate::core::{Answer, Command};
use crate::durable::Persist;
use crate::durable::limits::PAYLOAD_BYTES_MAX;
use crate::error::{Error, Result};
use crate::schema::Stored;

impl Engine {
    /// Raises an event of the instance `id`, which takes it by awaiting
    /// [`event::<T>(name)`](crate::event), and returns once the event is durable. Events of one name
    /// are taken in the order of their arrival.
    ///
    /// ```standalone_crate
    /// use undying::prelude::*;
    ///
    /// #[orchestration]
    /// async fn greeter() -> String {
    ///     format!("hello {}", event::<String>("name").await)
    /// }
    ///
    /// # #[tokio::main]
    /// # async fn main() -> undying::Result<()> {
    /// let engine = Engine::open_in_memory().await?;
    /// let handle = engine.start("door", greeter()).await?;
    /// engine.raise("door", "name", &"Ada".to_owned()).await?;
    /// assert_eq!(handle.result().await?, "hello Ada");
    /// engine.shutdown().await
    /// # }
    /// ```
    ///
    /// # Errors
    /// Nothing was raised when
    /// - there is no such instance, or it has ended: [`Error::NotFound`], [`Error::WrongStatus`];
    /// - the value is too large or cannot be written: [`Error::EventTooLarge`],
    ///   [`Error::BadEvent`];
    /// - the name is empty or too long: [`Error::Invalid`];
    /// - the instance has [too many](crate::durable::limits::EVENTS_WAITING_MAX) events that it did
    ///   not take: [`Error::MailboxFull`];
    /// - the engine is short of disk or memory: [`Error::Busy`].
    ///
    /// After [`Error::Closed`] it may have been raised.
    pub async fn raise<T: Persist>(&self, id: &str, name: &str, value: &T) -> Result<()> {
        let answer = self.link.ask(raise(id, name, value)?).await?;
        raised(id, answer)
    }
}

impl<T: Persist> Handle<T> {
    /// Raises an event of the instance: see [`Engine::raise`](super::Engine::raise).
    ///
    /// # Errors
    /// As [`Engine::raise`](super::Engine::raise).
    pub async fn raise<V: Persist>(&self, name: &str, value: &V) -> Result<()> {
        let answer = self.ask(raise(self.id(), name, value)?).await?;
        raised(self.id(), answer)
    }
}

/// The command that raises an event.
fn raise<T: Persist>(id: &str, name: &str, value: &T) -> Result<Command> {
    let value = Stored::write(value).map_err(|source| Error::BadEvent {
        event: name.to_owned(),
        source,
    })?;
    let (bytes, max) = (value.bytes.len(), PAYLOAD_BYTES_MAX);
    if bytes > max {
        let event = name.to_owned();
        return Err(Error::EventTooLarge { event, bytes, max });
    }
    Ok(Command::Raise {
        id: id.to_owned(),
        name: name.to_owned(),
        value,
    })
}

/// What the answer to that says.
fn raised(id: &str, answer: Answer) -> Result<()> {
    match answer {
        Answer::Done => Ok(()),
        Answer::WrongStatus { status } => Err(Error::WrongStatus {
            id: id.to_owned(),
            status,
            remedy: "it takes no events any more",
        }),
        answer => Err(Error::refused(id, "", answer)),
    }
}
