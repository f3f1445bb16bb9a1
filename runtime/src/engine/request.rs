//! `Request`: what a client asks of an instance, until it is awaited.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};

use super::kernel::Asking;
use super::link::Link;
use crate::core::{Answer, Command};
use crate::error::{Error, Result};

/// A request of a client: made by [`Engine::call`](super::Engine::call) and
/// [`Engine::signal`](super::Engine::signal), asked when it is awaited.
///
/// With an [idempotency key](Self::idempotency_key) it can be asked again, by this client or
/// another, and is done once.
#[must_use = "nothing is asked until this is awaited"]
pub struct Request<T> {
    link: Weak<Link>,
    state: State,
    told: fn(&str, Answer) -> Result<T>,
}

enum State {
    Made(Result<Arc<Command>>),
    Asked(Asking),
    Over,
}

impl<T> Request<T> {
    pub(super) fn new(
        link: Weak<Link>,
        command: Result<Command>,
        told: fn(&str, Answer) -> Result<T>,
    ) -> Self {
        let state = State::Made(command.map(Arc::new));
        Request { link, state, told }
    }

    /// Names the request, so that it can be repeated: of all requests with this key the first is
    /// done, and the others are given its answer, whoever asks them and whatever happened in
    /// between. So a request whose answer was lost, to a crash or with
    /// [`Error::Closed`], is asked again with the same key.
    ///
    /// The key is 1 to [256](crate::durable::limits::IDEMPOTENCY_KEY_BYTES_MAX) bytes long and
    /// stands for one request in all of the store: with another instance, operation, event or
    /// other arguments it is refused, [`Error::AnotherRequest`]. Arguments are compared as they
    /// are encoded: a `HashMap` in them may differ from itself. An operation that panicked or
    /// returned an `Err` was done, too.
    ///
    /// The answer is kept for [a day](super::EngineBuilder::answers_kept), or as long as was
    /// chosen; after that the key stands for a new request.
    ///
    /// ```standalone_crate
    /// use undying::prelude::*;
    ///
    /// #[entity]
    /// #[derive(Default, Serialize, Deserialize)]
    /// struct Account {
    ///     balance: i64,
    /// }
    ///
    /// #[entity]
    /// impl Account {
    ///     pub fn deposit(&mut self, amount: i64) -> i64 {
    ///         self.balance += amount;
    ///         self.balance
    ///     }
    /// }
    ///
    /// # #[tokio::main]
    /// # async fn main() -> undying::Result<()> {
    /// let engine = Engine::open_in_memory().await?;
    /// for _ in 0..3 {
    ///     let deposit = Account::at("ada").deposit(5);
    ///     let balance = engine.call(deposit).idempotency_key("transfer-17").await?;
    ///     assert_eq!(balance, 5);
    /// }
    /// # engine.shutdown().await
    /// # }
    /// ```
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        if let Some(command) = self.made() {
            command.set_key(key.into());
        }
        self
    }

    pub(super) fn early(mut self) -> Self {
        if let Some(Command::Raise { early, .. }) = self.made() {
            *early = true;
        }
        self
    }

    /// The command, until it is asked.
    fn made(&mut self) -> Option<&mut Command> {
        match &mut self.state {
            State::Made(Ok(command)) => Arc::get_mut(command),
            State::Made(Err(_)) | State::Asked(_) | State::Over => None,
        }
    }
}

impl<T> Future for Request<T> {
    type Output = Result<T>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<T>> {
        let this = self.get_mut();
        loop {
            match std::mem::replace(&mut this.state, State::Over) {
                State::Made(command) => {
                    let Some(link) = this.link.upgrade() else {
                        return Poll::Ready(Err(Error::closed("it was dropped")));
                    };
                    this.state = State::Asked(link.asking(command?)?);
                }
                State::Asked(mut asking) => match Pin::new(&mut asking).poll(cx) {
                    Poll::Pending => {
                        this.state = State::Asked(asking);
                        return Poll::Pending;
                    }
                    Poll::Ready(answer) => {
                        return Poll::Ready((this.told)(asking.id(), answer?));
                    }
                },
                State::Over => return Poll::Ready(Err(Error::closed("it was asked before"))),
            }
        }
    }
}

impl<T> fmt::Debug for Request<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = match &self.state {
            State::Made(Ok(command)) => command.id(),
            State::Asked(asking) => Some(asking.id()),
            State::Made(Err(_)) | State::Over => None,
        };
        f.debug_struct("Request")
            .field("id", &id)
            .finish_non_exhaustive()
    }
}
