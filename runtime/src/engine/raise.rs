//! Raising events from outside.

use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};

use super::link::Link;
use super::{Engine, Handle, Request};
use crate::core::{Answer, Command};
use crate::durable::limits::PAYLOAD_BYTES_MAX;
use crate::durable::{Persist, RSM_PREFIX};
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
    /// - the engine has [too much to do](super::EngineBuilder::work_max), or is short of disk:
    ///   [`Error::Busy`].
    ///
    /// After [`Error::Closed`] it may have been raised; with an
    /// [idempotency key](Raise::idempotency_key) it can be raised again.
    pub fn raise<T: Persist>(&self, id: &str, name: &str, value: &T) -> Raise {
        Raise::new(Arc::downgrade(&self.link), id, name, value)
    }
}

impl<T: Persist> Handle<T> {
    /// Raises an event of the instance: see [`Engine::raise`](super::Engine::raise).
    ///
    /// # Errors
    /// As [`Engine::raise`](super::Engine::raise).
    pub fn raise<V: Persist>(&self, name: &str, value: &V) -> Raise {
        Raise::new(self.link(), self.id(), name, value)
    }
}

/// An event that a client raises, when this is awaited.
#[must_use = "nothing is raised until this is awaited"]
#[derive(Debug)]
pub struct Raise(Request<()>);

impl Raise {
    fn new<T: Persist>(link: Weak<Link>, id: &str, name: &str, value: &T) -> Self {
        let command = raise(id, name, value);
        Raise(Request::new(link, command, raised))
    }

    /// Names the request, so that it can be repeated: the event is raised once. See
    /// [`Request::idempotency_key`].
    pub fn idempotency_key(self, key: impl Into<String>) -> Self {
        Raise(self.0.idempotency_key(key))
    }

    /// Lets the event wait if nobody has started the instance yet, instead of
    /// [`Error::NotFound`]: it is taken when the instance is started and awaits it, after those that
    /// came before. Events that wait so are dropped, and counted as
    /// `undying_dead_letters_total`, when no more came
    /// for [a day](super::EngineBuilder::early_events_kept), or as long as was chosen.
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
    /// engine.raise("door", "name", &"Ada".to_owned()).early().await?;
    /// let handle = engine.start("door", greeter()).await?;
    /// assert_eq!(handle.result().await?, "hello Ada");
    /// # engine.shutdown().await
    /// # }
    /// ```
    pub fn early(self) -> Self {
        Raise(self.0.early())
    }
}

impl Future for Raise {
    type Output = Result<()>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.0).poll(cx)
    }
}

/// The command that raises an event.
fn raise<T: Persist>(id: &str, name: &str, value: &T) -> Result<Command> {
    if id.starts_with(RSM_PREFIX) {
        return Err(Error::Invalid {
            id: id.to_owned(),
            why: "a state machine takes events of its chart: `engine.send(&machine, &event)`"
                .to_owned(),
        });
    }
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
        early: false,
        waits: false,
        key: None,
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
