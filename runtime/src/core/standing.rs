//! `Standing`: what the rows of a store say, as plain data, for whoever checks it against a model.
//!
//! Nothing of the kernel reads it. It is all of the state that survives a crash: instances, what they wait for and
//! what waits for them, and the messages on their way.

use std::collections::{BTreeMap, BTreeSet};

use super::format::ReadError;
use super::message::Message;
use super::once::Ask;
use super::operation::{Caller, EntityRequest, Operation, OperationRow};
use super::record::{self, Progress};
use super::section::{LockMessage, Lockable};
use super::{Ending, Number, Parent};
use crate::durable::rsm::stored_fields;
use crate::durable::{Completion, Refusal};
use crate::schema::Stored;
use crate::store::keys::Row;
use crate::store::{Bytes, Key};

/// See the module.
#[derive(Debug, Default)]
pub struct Standing {
    /// Instances, entities and machines.
    pub instances: BTreeMap<Number, Standee>,
    /// Messages on their way, in the order in which they were sent.
    pub messages: BTreeMap<Sending, Word>,
    /// Timers: the instance, its call, and when it is due.
    pub timers: BTreeSet<(Number, u64, u64)>,
    /// Instances that have something to do.
    pub runnable: BTreeSet<Number>,
}

/// The name of one sending: the epoch, the count within it, the partition that it goes to.
pub type Sending = (u64, u32, u16);

/// One instance.
#[derive(Debug)]
pub struct Standee {
    /// Its id.
    pub id: String,
    /// Its orchestration, entity or machine.
    pub name: String,
    /// Who waits for it.
    pub parent: Option<Parent>,
    /// The status that it gave itself.
    pub status: Option<String>,
    /// Why it is parked.
    pub parked: Option<Refusal>,
    /// How far it is.
    pub stage: Stage,
    /// What it waits for.
    pub calls: BTreeMap<u64, Call>,
    /// What has come of calls, until it takes that.
    pub done: BTreeMap<u64, Completion>,
    /// What an entity is asked to do.
    pub requests: BTreeMap<u64, Request>,
    /// The sections that wait for its lock.
    pub locks: BTreeMap<u64, Parent>,
    /// Its events, which it has not taken.
    pub events: BTreeMap<u64, (String, Stored)>,
    /// Its critical sections: the entities, and whether it was told that it has them all.
    pub sections: BTreeMap<u64, (Vec<String>, bool)>,
    /// The section that has it locked.
    pub lock: Option<Parent>,
}

/// How far an instance is.
#[derive(Debug)]
pub enum Stage {
    /// It has not run.
    Begun,
    /// It waits; of entities and machines the state or the fields.
    Waits(Option<Stored>),
    /// It is over.
    Ended(Ending),
    /// Nobody has started it.
    Unborn,
}

/// A call that is under way.
#[derive(Debug, PartialEq)]
pub enum Call {
    /// An activity.
    Activity {
        /// Its arguments.
        args: Stored,
    },
    /// A timer.
    Timer {
        /// When it fires.
        due: u64,
    },
    /// An operation of this entity, or a question to this machine.
    Operation {
        /// Its id.
        id: String,
    },
    /// A child.
    Child {
        /// Its id.
        id: String,
    },
    /// An event.
    Event {
        /// Its name.
        name: String,
    },
    /// A critical section that is being locked.
    Section,
}

/// What an entity is asked to do.
#[derive(Debug)]
pub struct Request {
    /// The operation.
    pub method: String,
    /// Its arguments.
    pub args: Stored,
    /// The instance that sent it.
    pub from: Option<Number>,
    /// The call that waits for the result.
    pub caller: Option<Parent>,
    /// The idempotency key.
    pub key: Option<String>,
}

/// A message on its way.
#[derive(Debug)]
pub enum Word {
    /// Starts an instance.
    Start {
        /// Its id.
        id: String,
        /// Its name.
        name: String,
        /// Who waits for it.
        parent: Option<Parent>,
        /// What it is started with.
        args: Stored,
    },
    /// Asks an entity to do something.
    Operate {
        /// The entity.
        entity: String,
        /// What.
        request: Request,
    },
    /// Tells what has come of a call.
    Completed {
        /// The call.
        parent: Parent,
        /// What.
        completion: Completion,
    },
    /// Tells how a child ended.
    ChildEnded {
        /// The call.
        parent: Parent,
        /// How.
        ending: Ending,
    },
    /// Raises an event.
    Event {
        /// The instance.
        id: String,
        /// The event's name.
        name: String,
        /// Its value.
        value: Stored,
    },
    /// About a critical section: what it is told or asked, and the entities that this still goes to.
    Lock {
        /// The section.
        owner: Parent,
        /// `ask`, `cancel`, `granted` or `unlock`.
        what: &'static str,
        /// The next one first.
        entities: Vec<String>,
    },
    /// Anything else.
    Other(String),
}

impl Standing {
    /// Reads all rows of a store.
    ///
    /// # Errors
    /// A row cannot be read.
    pub fn read(rows: &BTreeMap<Key, Bytes>) -> Result<Standing, ReadError> {
        let mut all = Standing::default();
        // Instances sort before the rows of their operations.
        for (key, value) in rows {
            let unreadable = |why| ReadError::row(key, why);
            match Row::parse(key) {
                Some(Row::Inst { vp, n }) => {
                    let number = Number { partition: vp, n };
                    let standee = Standee::read(value).map_err(unreadable)?;
                    all.instances.insert(number, standee);
                }
                Some(Row::Op { vp, n, op }) => {
                    let row = OperationRow::read(value).map_err(unreadable)?;
                    let number = Number { partition: vp, n };
                    // What is left of one that is gone is deleted by who notices.
                    if let Some(standee) = all.instances.get_mut(&number) {
                        standee.add(op, row);
                    }
                }
                Some(Row::Run { vp, n }) => {
                    all.runnable.insert(Number { partition: vp, n });
                }
                Some(Row::Msg { vp, seq, idx }) => {
                    let message = Message::read(value).map_err(unreadable)?;
                    all.messages.insert((seq, idx, vp), Word::of(message));
                }
                Some(Row::Timer { vp, due, n, op }) => {
                    let number = Number { partition: vp, n };
                    all.timers.insert((number, op, due));
                }
                _ => {}
            }
        }
        Ok(all)
    }
}

impl Standee {
    fn read(row: &[u8]) -> Result<Self, super::Unreadable> {
        let (head, body) = record::read(row)?;
        let id = head.id.into_owned();
        let keeps_fields = |frame: &[u8]| stored_fields(frame).ok();
        let stage = match body.progress {
            Progress::Begun(_) => Stage::Begun,
            Progress::Suspended(frame) => Stage::Waits(keeps_fields(&frame.0)),
            Progress::Ended(ending) => Stage::Ended(ending.into_owned()),
            Progress::Unborn => Stage::Unborn,
        };
        let sections = body.sections.iter();
        let sections = sections.map(|(operation, section)| (*operation, section.as_pair()));
        let mut standee = Standee {
            id,
            name: head.orchestration.into_owned(),
            parent: head.parent,
            status: head.custom_status.map(|status| status.into_owned()),
            parked: head.parked.map(|why| why.into_owned()),
            stage,
            calls: BTreeMap::new(),
            done: BTreeMap::new(),
            requests: BTreeMap::new(),
            locks: BTreeMap::new(),
            events: BTreeMap::new(),
            sections: sections.collect(),
            lock: body.lock,
        };
        for (number, operation) in body.inline {
            standee.pending(number, operation.into_owned());
        }
        Ok(standee)
    }

    fn add(&mut self, number: u64, row: OperationRow) {
        match row {
            OperationRow::Pending(operation) => self.pending(number, operation),
            OperationRow::Done(completion, ..) => {
                // The row of a call wins over the instance's.
                self.calls.remove(&number);
                self.done.insert(number, completion);
            }
            OperationRow::Event(name, value, ..) => {
                self.events.insert(number, (name, value));
            }
        }
    }

    fn pending(&mut self, number: u64, operation: Operation) {
        let call = match operation {
            Operation::Request(request) => {
                self.requests.insert(number, Request::of(*request));
                return;
            }
            Operation::Lock(lock) => {
                self.locks.insert(number, lock.owner);
                return;
            }
            Operation::Activity(call) => Call::Activity { args: call.args },
            Operation::Timer { due } => Call::Timer { due: due.0 },
            Operation::Entity { id } | Operation::Ask { id } => Call::Operation { id },
            Operation::Section => Call::Section,
            Operation::Child { id, .. } => Call::Child { id },
            Operation::Event { name } => Call::Event { name },
        };
        self.calls.insert(number, call);
    }
}

impl Request {
    fn of(request: EntityRequest) -> Self {
        let (caller, key) = match request.caller {
            Caller::Instance(parent) => (Some(parent), None),
            Caller::Key(key) => (None, Some(key)),
            Caller::Nobody | Caller::Client => (None, None),
        };
        Request {
            method: request.method.into_owned(),
            args: request.args,
            from: request.from,
            caller,
            key,
        }
    }
}

impl Word {
    fn of(message: Message) -> Self {
        match message {
            Message::StartChild {
                parent,
                id,
                name,
                args,
            } => Word::Start {
                id,
                name,
                parent: Some(parent),
                args,
            },
            Message::Start { id, name, args } => Word::Start {
                id,
                name,
                parent: None,
                args,
            },
            Message::Operate {
                entity, request, ..
            } => Word::Operate {
                entity,
                request: Request::of(*request),
            },
            Message::Operated { parent, completion } => Word::Completed { parent, completion },
            Message::ChildEnded { parent, ending } => Word::ChildEnded { parent, ending },
            Message::Event {
                id, name, value, ..
            } => Word::Event {
                id: id.to_string(),
                name: name.into_owned(),
                value,
            },
            Message::Ask { key, ask } => match *ask {
                Ask::Operate {
                    entity,
                    method,
                    args,
                    ..
                } => Word::Operate {
                    entity: entity.into_owned(),
                    request: Request {
                        method: method.into_owned(),
                        args: args.into_owned(),
                        from: None,
                        caller: None,
                        key: Some(key),
                    },
                },
                Ask::Raise {
                    id, name, value, ..
                } => Word::Event {
                    id: id.into_owned(),
                    name: name.into_owned(),
                    value: value.into_owned(),
                },
            },
            Message::Lock(message) => Word::lock(message),
            other => Word::Other(format!("{other:?}")),
        }
    }

    fn lock(message: LockMessage) -> Self {
        let ids = |entities: Vec<Lockable>| {
            let ids = entities.into_iter().rev().map(|entity| entity.id);
            ids.collect()
        };
        let (owner, what, entities) = match message {
            LockMessage::Ask { owner, entities } => (owner, "ask", ids(entities)),
            LockMessage::Cancel { owner, entities } => (owner, "cancel", ids(entities)),
            LockMessage::Granted { owner } => (owner, "granted", Vec::new()),
            LockMessage::Unlock { owner, entity } => (owner, "unlock", vec![entity]),
        };
        Word::Lock {
            owner,
            what,
            entities,
        }
    }
}
