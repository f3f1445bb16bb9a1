//! Entities from outside: calls, signals, and their state.

use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::{Engine, Request};
use crate::core::{Answer, Command};
use crate::durable::{Completion, Entity, EntityRef, Operates, Operation, Persist, Signals};
use crate::error::{Error, Result};
use crate::schema::Stored;

impl Engine {
    /// Calls an operation of an entity, and waits for its result. When it returns, what the
    /// operation did is durable.
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
    /// engine.signal(Account::at("ada").deposit(5)).await?;
    /// assert_eq!(engine.call(Account::at("ada").deposit(2)).await?, 7);
    /// let ada = engine.state::<Account>("ada").await?;
    /// assert_eq!(ada.map(|ada| ada.balance), Some(7));
    /// engine.shutdown().await
    /// # }
    /// ```
    ///
    /// After [`Error::InDoubt`] and [`Error::Closed`] it was done or not. With an
    /// [idempotency key](Request::idempotency_key) it can be asked again, and is done once; then
    /// `InDoubt` does not happen.
    ///
    /// # Errors
    /// Nothing was done when
    /// - the arguments are too large or cannot be written: [`Error::PayloadTooLarge`],
    ///   [`Error::BadArguments`];
    /// - the entity is not known to this engine, or its key is too long: [`Error::Invalid`];
    /// - too many requests wait for the entity, or the engine has
    ///   [too much to do](super::EngineBuilder::work_max) or is short of disk: [`Error::Busy`];
    /// - its idempotency key was used for another request: [`Error::AnotherRequest`].
    ///
    /// [`Error::Failed`] when the operation panicked, or met another failure that its return type
    /// cannot say; then the entity is as it was before. [`Error::Parked`] when the entity cannot go
    /// on with this program: the request waits in its mailbox.
    pub fn call<E: Operates<O>, O: 'static>(&self, call: Operation<E, O>) -> Request<E::Output> {
        let command = arguments(&call).map(|args| Command::Operate {
            entity: call.entity_id(),
            name: E::NAME.into(),
            method: E::METHOD.into(),
            args,
            due: None,
            waits: true,
            key: None,
        });
        Request::new(Arc::downgrade(&self.link), command, operated)
    }

    /// Signals an entity: returns once that is durable, and does not wait for the operation.
    /// Signals of one client arrive in the order in which they were acknowledged, unless they are
    /// given a time.
    ///
    /// # Errors
    /// As [`call`](Self::call); nothing is said about what comes of the operation.
    pub fn signal(&self, call: impl Signals) -> Request<()> {
        let command = match call.one_way(|| self.link.now()) {
            Ok(signal) => Ok(Command::Operate {
                entity: signal.entity,
                name: signal.name.into(),
                method: signal.method.into(),
                args: signal.args,
                due: signal.at,
                waits: false,
                key: None,
            }),
            Err(why) => {
                let (id, why) = ("the entity".to_owned(), why.to_string());
                Err(Error::Invalid { id, why })
            }
        };
        Request::new(Arc::downgrade(&self.link), command, done)
    }

    /// The state of the entity `E` of this key, as of the last operation that ended; `None` if it has
    /// never been used, or was deleted. What it says is durable.
    ///
    /// # Errors
    /// [`Error::BadResult`] when this program's type cannot read it, [`Error::Parked`] when its
    /// stored form is damaged, [`Error::Closed`].
    pub async fn state<E: Entity>(&self, key: impl Into<E::Key>) -> Result<Option<E>> {
        let id = EntityRef::<E>::new(key.into()).id();
        self.stored(id, E::NAME).await
    }

    /// The state of an entity or the fields of a machine, of this name.
    pub(super) async fn stored<T>(&self, id: String, name: &str) -> Result<Option<T>>
    where
        T: DeserializeOwned + 'static,
    {
        let entity = id.clone();
        match self.command(Command::State { entity }).await? {
            Answer::State(None) => Ok(None),
            Answer::State(Some(state)) => match state.read::<T>() {
                Ok(state) => Ok(Some(state)),
                Err(source) => Err(Error::BadResult { id, source }),
            },
            answer => Err(Error::refused(&id, name, answer)),
        }
    }
}

fn arguments<E: Operates<O>, O: 'static>(call: &Operation<E, O>) -> Result<Stored> {
    let args = Stored::write(call.arguments()).map_err(|source| Error::BadArguments {
        call: E::CALL,
        source,
    })?;
    Error::check_payload(E::CALL, args.bytes.len())?;
    Ok(args)
}

/// What the answer to a call, or to a question, says.
pub(super) fn operated<T: Persist>(id: &str, answer: Answer) -> Result<T> {
    match answer {
        Answer::Operated(Completion::Value(value)) => value.read::<T>().map_err(|source| {
            let id = id.to_owned();
            Error::BadResult { id, source }
        }),
        Answer::Operated(Completion::Failed(failure)) => {
            let id = id.to_owned();
            Err(Error::Failed { id, failure })
        }
        answer => Err(Error::refused(id, "", answer)),
    }
}

/// What the answer to a signal says.
fn done(id: &str, answer: Answer) -> Result<()> {
    match answer {
        Answer::Done => Ok(()),
        answer => Err(Error::refused(id, "", answer)),
    }
}
