//! Critical sections: what an instance has locked or has asked for, and what that is to an entity.
//!
//! An instance asks for the entities of a section in the order of their ids, one after the other:
//! each entity that locks itself passes the request on, the last one tells the instance. So nobody
//! waits in a circle. A section that is given up before it was granted travels the same way as its
//! request (rule 27); one that was granted is released everywhere at once.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::asks::{Asks, World};
use super::happened::Happened;
use super::instance::Instance;
use super::message::Message;
use super::operation::Operation;
use super::{Parent, Partitions};
use crate::durable::Completion;
use crate::planted::planted;
use crate::schema::Stored;

/// An entity to be locked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Lockable {
    pub(crate) id: String,
    /// Its stored name: it may not have been used yet.
    pub(crate) name: Cow<'static, str>,
}

/// One critical section of an instance; stored in the same row as the frame that is in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Section {
    /// The last one is locked first.
    entities: Vec<Lockable>,
    granted: bool,
}

/// A lock in the mailbox of an entity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct LockRequest {
    pub(crate) owner: Parent,
    /// What is to be locked after it; the last one first.
    pub(crate) rest: Vec<Lockable>,
}

/// What critical sections and entities say to each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum LockMessage {
    /// Locks the last one of these entities, which then asks the others.
    Ask {
        owner: Parent,
        entities: Vec<Lockable>,
    },
    /// Gives that up, wherever the request has come to.
    Cancel {
        owner: Parent,
        entities: Vec<Lockable>,
    },
    /// All entities of this section are locked.
    Granted { owner: Parent },
    /// Frees an entity.
    Unlock { owner: Parent, entity: String },
}

impl LockMessage {
    /// The virtual partition it goes to.
    pub(crate) fn partition(&self, partitions: Partitions) -> u16 {
        match self {
            LockMessage::Ask { entities, .. } | LockMessage::Cancel { entities, .. } => {
                let next = entities.last().map_or("", |entity| &*entity.id);
                partitions.of_id(next)
            }
            LockMessage::Granted { owner } => owner.number.partition,
            LockMessage::Unlock { entity, .. } => partitions.of_id(entity),
        }
    }
}

impl From<LockMessage> for Message {
    fn from(message: LockMessage) -> Self {
        Message::Lock(message)
    }
}

impl Section {
    /// A section over these entities, each once.
    pub(crate) fn over(entities: Vec<(String, &'static str)>) -> Self {
        let lockable = |(id, name)| Lockable {
            id,
            name: Cow::Borrowed(name),
        };
        let mut entities: Vec<Lockable> = entities.into_iter().map(lockable).collect();
        if !planted!(LocksUnordered) {
            entities.sort_by(|one, other| other.id.cmp(&one.id));
        }
        entities.dedup_by(|one, other| one.id == other.id);
        assert!(!entities.is_empty(), "a section is over something");
        Section {
            entities,
            granted: false,
        }
    }

    /// The ids of its entities, if they are locked.
    pub(crate) fn held(&self) -> impl Iterator<Item = &str> {
        let held = self.entities.iter().filter(|_| self.granted);
        held.rev().map(|entity| &*entity.id)
    }

    /// The ids of its entities, and whether they are locked.
    pub(crate) fn as_pair(&self) -> (Vec<String>, bool) {
        let ids = self.entities.iter().rev().map(|entity| entity.id.clone());
        (ids.collect(), self.granted)
    }
}

// The instance.
impl Instance {
    /// It wants to enter a section. Gives the request, to be sent.
    pub(super) fn enter(&mut self, operation: u64, section: Section) -> Message {
        let entities = section.entities.clone();
        self.sections.insert(operation, section);
        let owner = self.part(operation);
        LockMessage::Ask { owner, entities }.into()
    }

    /// All entities of a section are locked.
    pub(crate) fn granted(&mut self, operation: u64) {
        let Some(section) = self.sections.get_mut(&operation) else {
            // It was given up: that is on its way to the entities.
            return;
        };
        section.granted = true;
        self.marks.dirty = true;
        self.tell(Happened::SectionEntered { operation });
        let unit = Stored::write(&()).expect("the unit can be stored");
        self.complete(operation, Completion::Value(unit));
    }

    /// It leaves a section, or gives up waiting for it.
    pub(super) fn leave(&mut self, operation: u64, asks: &mut Asks) {
        let Some(Section { entities, granted }) = self.sections.remove(&operation) else {
            return;
        };
        self.marks.dirty = true;
        let owner = self.part(operation);
        if granted || planted!(CancelOvertakesLock) {
            self.tell(Happened::SectionLeft { operation });
            asks.messages.extend(entities.into_iter().map(|entity| {
                let entity = entity.id;
                Message::from(LockMessage::Unlock { owner, entity })
            }));
        } else {
            asks.messages
                .push(LockMessage::Cancel { owner, entities }.into());
        }
    }

    /// It leaves whatever section it is in.
    pub(super) fn leave_all(&mut self, asks: &mut Asks) {
        while let Some((operation, _)) = self.sections.first_key_value() {
            let operation = *operation;
            self.leave(operation, asks);
        }
    }

    fn part(&self, operation: u64) -> Parent {
        let number = self.number;
        Parent { number, operation }
    }
}

// The entity.
impl Instance {
    /// A lock comes into its mailbox, behind all requests.
    pub(crate) fn lock_asked(&mut self, owner: Parent, rest: Vec<Lockable>) {
        let operation = self.next_operation;
        self.next_operation += 1;
        let lock = Operation::Lock(Box::new(LockRequest { owner, rest }));
        self.queue.put(operation, &lock);
        self.operations.add_own(operation, lock);
    }

    /// The next request is a lock: it is given, and what follows is asked of the next entity.
    pub(super) fn lock(
        &mut self,
        number: u64,
        lock: LockRequest,
        world: World<'_>,
        asks: &mut Asks,
    ) {
        let LockRequest { owner, rest } = lock;
        self.queue.lock(number, owner);
        self.operations.remove(number);
        self.touch(world.now);
        self.tell(Happened::Locked { by: owner });
        let (done, entities) = (rest.is_empty(), rest);
        let next = match done {
            true => LockMessage::Granted { owner },
            false => LockMessage::Ask { owner, entities },
        };
        asks.messages.push(next.into());
    }

    /// A section was left. One that does not hold the lock changes nothing (rule 28).
    pub(crate) fn unlock(&mut self, owner: Parent, world: World<'_>, asks: &mut Asks) {
        if self.queue.unlock(owner) {
            self.touch(world.now);
            self.tell(Happened::Unlocked { by: owner });
            self.vanish(asks);
        }
    }

    /// A section was given up that may not have been granted (rule 27).
    pub(crate) fn cancel_lock(
        &mut self,
        owner: Parent,
        rest: Vec<Lockable>,
        world: World<'_>,
        asks: &mut Asks,
    ) {
        if self.queue.unlock(owner) {
            // It has passed the request on.
            self.touch(world.now);
            self.tell(Happened::Unlocked { by: owner });
            if !rest.is_empty() {
                let entities = rest;
                asks.messages
                    .push(LockMessage::Cancel { owner, entities }.into());
            }
            self.vanish(asks);
            return;
        }
        if let Some(number) = self.queue.lock_of(owner) {
            self.queue.remove(number);
            if self.operations.remove(number).is_none() {
                self.operations.delete_row(number);
            }
            self.vanish(asks);
        }
    }
}
