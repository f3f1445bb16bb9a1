//! `Message`: what instances say to each other.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::format::{self, Unreadable};
use super::once::{Ask, Told};
use super::operation::{Caller, EntityRequest};
use super::section::LockMessage;
use super::{Ending, Number, Parent, Partitions};
use crate::durable::rsm::ReplyTo;
use crate::durable::{Completion, OneWay};
use crate::schema::Stored;
use crate::store::Key;
use crate::store::keys::Row;

/// What one instance says to another. It arrives once, in the order it was sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Message {
    /// Starts a child orchestration.
    StartChild {
        parent: Parent,
        id: String,
        name: String,
        args: Stored,
    },
    /// Cancels a child, if it is this parent's.
    CancelChild { parent: Parent, id: String },
    /// Terminates a child, if it is this parent's.
    TerminateChild {
        parent: Parent,
        id: String,
        reason: String,
    },
    /// Makes the call of a child that failed again, if it is this parent's.
    RewindChild {
        parent: Parent,
        id: String,
        name: String,
        reason: String,
    },
    /// Starts an orchestration that nobody waits for.
    Start {
        id: String,
        name: String,
        args: Stored,
    },
    /// Asks an entity to do something.
    Operate {
        entity: String,
        name: Cow<'static, str>,
        request: Box<EntityRequest>,
    },
    /// Tells the caller of an entity what came of it.
    Operated {
        parent: Parent,
        completion: Completion,
    },
    /// Locks entities for a critical section, or frees them.
    Lock(LockMessage),
    /// Tells a parent how its child ended.
    ChildEnded { parent: Parent, ending: Ending },
    /// Raises an event.
    Event {
        #[serde(with = "crate::durable::shared")]
        id: Arc<str>,
        name: Cow<'static, str>,
        value: Stored,
        /// Who waits for the answer, if it is asked of a machine.
        reply_to: ReplyTo,
    },
    /// Answers what a machine was asked.
    Answer { to: ReplyTo, completion: Completion },
    /// Asks for what a client asks to be done once.
    Ask { key: String, ask: Box<Ask<'static>> },
    /// Asks whether what a client asked for before waits for an instance that is parked.
    AskAgain { key: String, id: String },
    /// Tells the home of an idempotency key what came of its request.
    Told { key: String, told: Box<Told> },
}

impl Message {
    /// A signal on its way.
    pub(crate) fn one_way(signal: OneWay, from: Number) -> Self {
        let request = EntityRequest {
            method: Cow::Borrowed(signal.method),
            args: signal.args,
            caller: Caller::Nobody,
            from: Some(from),
            due: signal.at,
        };
        Message::Operate {
            entity: signal.entity,
            name: Cow::Borrowed(signal.name),
            request: Box::new(request),
        }
    }

    /// The virtual partition it goes to.
    pub(crate) fn partition(&self, partitions: Partitions) -> u16 {
        match self {
            Message::StartChild { id, .. }
            | Message::CancelChild { id, .. }
            | Message::TerminateChild { id, .. }
            | Message::RewindChild { id, .. }
            | Message::Start { id, .. } => partitions.of_id(id),
            Message::Event { id, .. } => partitions.of_id(id),
            Message::Operate { entity, .. } => partitions.of_id(entity),
            Message::Ask { ask, .. } => partitions.of_id(ask.target()),
            Message::AskAgain { id, .. } => partitions.of_id(id),
            Message::Told { key, .. } => partitions.of_id(key),
            Message::Lock(message) => message.partition(partitions),
            Message::Answer { to, .. } => match to {
                ReplyTo::Call { partition, .. } | ReplyTo::Client { partition, .. } => *partition,
                ReplyTo::Key(key) => partitions.of_id(key),
                ReplyTo::Nobody => 0,
            },
            Message::ChildEnded { parent, .. } | Message::Operated { parent, .. } => {
                parent.number.partition
            }
        }
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        format::write(self)
    }

    pub(crate) fn read(row: &[u8]) -> Result<Self, Unreadable> {
        format::read(row)
    }
}

/// The name of one sending; never used again, not even after a crash (rules 4 and 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageKey {
    pub(crate) partition: u16,
    /// The sender's epoch.
    pub(crate) epoch: u64,
    /// The sender's count within the epoch, and its shard. The count is a Lamport clock: it is
    /// larger than that of whatever the sender had received in the epoch, so that the order of the
    /// rows is one of cause and effect.
    pub(crate) index: u32,
}

impl MessageKey {
    pub(crate) fn key(self) -> Key {
        Row::Msg {
            vp: self.partition,
            seq: self.epoch,
            idx: self.index,
        }
        .key()
    }
}

/// A message on its way.
#[derive(Debug)]
pub(crate) struct Envelope {
    pub(crate) key: MessageKey,
    pub(crate) message: Message,
    /// Its row is, or will be, in the batch of a commit: consuming it deletes the row.
    pub(crate) has_row: bool,
}

/// Messages from one shard to another, all sent in one epoch.
#[derive(Debug)]
pub struct Bundle {
    pub(crate) epoch: u64,
    pub(crate) envelopes: Vec<Envelope>,
}

impl Bundle {
    /// The epoch they were sent in.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.epoch
    }
}
