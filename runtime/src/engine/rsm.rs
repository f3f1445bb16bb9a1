//! State machines from outside: created, sent events, asked, looked at.

use std::any::{TypeId, type_name};
use std::sync::Arc;

use super::entities::operated;
use super::{Engine, Request};
use crate::core::{Answer, Command};
use crate::durable::Persist;
use crate::durable::rsm::{Question, Rsm, RsmRef, Takes, event_value};
use crate::error::{Error, Result};
use crate::schema::Stored;

impl Engine {
    /// Creates the machine of this name, unless there is one, and returns once that is durable.
    ///
    /// A machine that has halted is no more: creating it again makes another one. So if it can halt of
    /// itself, and has to be created once however often a client asks, start an orchestration that
    /// creates it: the id of that one stands.
    ///
    /// # Errors
    /// Nothing was created when what it is created with is too large or cannot be written:
    /// [`Error::PayloadTooLarge`], [`Error::BadArguments`]; when the name is too long:
    /// [`Error::Invalid`]; when the engine has
    /// [too much to do](super::EngineBuilder::work_max) or is short of disk: [`Error::Busy`].
    /// After [`Error::Closed`] it may have been created; do it again.
    pub async fn create<M: Rsm>(&self, machine: &RsmRef<M>, init: M::Init) -> Result<()> {
        if self.link.registry.by_type(TypeId::of::<M>()).is_none() {
            let call = type_name::<M>();
            return Err(Error::UnregisteredCall { call });
        }
        let args = Stored::write(&init).map_err(|source| Error::BadArguments {
            call: M::NAME,
            source,
        })?;
        Error::check_payload(M::NAME, args.bytes.len())?;
        let start = Command::Start {
            id: machine.id().to_owned(),
            name: M::NAME.to_owned(),
            args,
            tags: Default::default(),
            replaces: None,
        };
        match self.command(start).await? {
            Answer::Started { .. } => Ok(()),
            answer => Err(Error::refused(machine.id(), M::NAME, answer)),
        }
    }

    /// Sends an event to a machine, and returns once it is durable. Events of one client arrive in
    /// the order in which they were acknowledged. With an
    /// [idempotency key](Request::idempotency_key) it can be sent again, and arrives once.
    ///
    /// # Errors
    /// Nothing was sent when there is no such machine, or it has halted: [`Error::NotFound`]; when
    /// too many events wait for it: [`Error::MailboxFull`]; when the event is too large or cannot be
    /// written: [`Error::Invalid`]; when the engine has
    /// [too much to do](super::EngineBuilder::work_max) or is short of disk: [`Error::Busy`].
    pub fn send<M: Takes<E>, E: Persist>(&self, machine: &RsmRef<M>, event: &E) -> Request<()> {
        let command = raise(machine, event, false);
        Request::new(Arc::downgrade(&self.link), command, sent)
    }

    /// Asks a machine, and waits for its answer; that, and what the machine did meanwhile, is
    /// durable.
    ///
    /// # Errors
    /// As [`send`](Self::send). [`Error::Failed`] when it has halted meanwhile, or has handled the
    /// question without an answer; [`Error::Parked`] when it cannot go on with this program: the
    /// question waits in its mailbox. After [`Error::InDoubt`] and [`Error::Closed`] it was asked or
    /// not; with an [idempotency key](Request::idempotency_key) it can be asked again, and is asked once.
    pub fn ask<M: Takes<E>, E: Question>(
        &self,
        machine: &RsmRef<M>,
        question: &E,
    ) -> Request<E::Answer> {
        let command = raise(machine, question, true);
        Request::new(Arc::downgrade(&self.link), command, operated)
    }

    /// The persistent fields of a machine as of its last commit; its volatile fields are as their
    /// type's default. `None` if there is no such machine, or it has halted. Where it is in its chart
    /// is the status that [`describe`](Self::describe) gives.
    ///
    /// # Errors
    /// [`Error::BadResult`] when this program's type cannot read them, [`Error::Parked`] when their
    /// stored form is damaged, [`Error::Closed`].
    pub async fn fields<M: Rsm>(&self, machine: &RsmRef<M>) -> Result<Option<M>> {
        self.stored(machine.id().to_owned(), M::NAME).await
    }

    /// Waits until a machine has halted.
    ///
    /// # Errors
    /// [`Error::Parked`] when it is parked instead, [`Error::Closed`].
    pub async fn halted<M: Rsm>(&self, machine: &RsmRef<M>) -> Result<()> {
        let id = machine.id().to_owned();
        match self.command(Command::Result { id: id.clone() }).await? {
            Answer::Ended(_) | Answer::NotFound => Ok(()),
            answer => Err(Error::refused(&id, M::NAME, answer)),
        }
    }
}

/// The command that sends a machine an event and, if it `waits`, is answered by it.
fn raise<M: Takes<E>, E: Persist>(machine: &RsmRef<M>, event: &E, waits: bool) -> Result<Command> {
    let id = machine.id().to_owned();
    match event_value(M::EVENT, event) {
        Ok(value) => Ok(Command::Raise {
            id,
            name: M::EVENT.to_owned(),
            value,
            early: false,
            waits,
            key: None,
        }),
        Err(why) => Err(Error::Invalid {
            id,
            why: why.to_string(),
        }),
    }
}

/// What the answer to an event says.
fn sent(id: &str, answer: Answer) -> Result<()> {
    match answer {
        Answer::Done => Ok(()),
        Answer::WrongStatus { .. } => Err(Error::NotFound { id: id.to_owned() }),
        answer => Err(Error::refused(id, "", answer)),
    }
}
