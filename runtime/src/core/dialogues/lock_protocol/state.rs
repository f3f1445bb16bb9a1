//! A state of the lock protocol as plain data, and the steps from one to the next.

use std::collections::{BTreeMap, VecDeque};

/// One section: the owner and its round.
pub(super) type Of = (u8, u8);

/// Where an owner is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Phase {
    /// Outside of a section.
    Free,
    /// It has asked for one.
    Wants,
    /// It is in one, and has not called anything.
    In,
    /// It has called the first of its entities and waits.
    Calls,
    /// That has answered.
    Called,
    /// It was terminated.
    Gone,
}

/// One orchestration, which goes through its sections.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Owner {
    /// Which of its sections is the next, or the present one.
    pub(super) round: u8,
    pub(super) phase: Phase,
}

/// What waits in the mailbox of an entity.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Letter {
    Lock(Of, Vec<u8>),
    /// A call of this owner, or of somebody who locks nothing.
    Call(Option<u8>),
}

/// An entity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Entity {
    pub(super) owner: Option<Of>,
    pub(super) mailbox: Vec<Letter>,
}

/// Who speaks to whom: owners and entities by their places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Who {
    Owner(u8),
    Entity(u8),
}

/// What is said.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Said {
    Ask(Of, Vec<u8>),
    Cancel(Of, Vec<u8>),
    Granted(Of),
    Unlock(Of),
    Call(u8),
    Answer,
}

/// All of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct State {
    pub(super) owners: Vec<Owner>,
    pub(super) entities: Vec<Entity>,
    pub(super) lines: BTreeMap<(Who, Who), VecDeque<Said>>,
    /// How many calls of those who lock nothing are still to come, for each entity.
    pub(super) strangers: Vec<u8>,
    /// An entity served somebody while another section had it locked.
    pub(super) trespassed: bool,
    /// A grant came to an owner that did not want it any more.
    pub(super) granted_in_vain: bool,
}

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Step {
    /// An owner asks for its next section.
    Enter(u8),
    /// It calls the first entity of the section that it is in.
    Call(u8),
    /// It leaves its section.
    Leave(u8),
    /// It gives up waiting.
    GiveUp(u8),
    /// It is terminated, wherever it is.
    Die(u8),
    /// The next message of a line arrives.
    Deliver(Who, Who),
    /// An entity takes what is next in its mailbox.
    Serve(u8),
    /// The same, but the process dies when the message has left and the entity is not written.
    ServeTorn(u8),
    /// Somebody who locks nothing calls an entity.
    Stranger(u8),
}

/// What is done wrong on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Nothing,
    /// A grant may leave although the entity is not written.
    NotAtomic,
    /// Who gives up tells all entities at once.
    CancelsAtOnce,
    /// Every other owner asks in the other order.
    Unsorted,
}

impl State {
    pub(super) fn say(&mut self, from: Who, to: Who, said: Said) {
        self.lines.entry((from, to)).or_default().push_back(said);
    }

    pub(super) fn hear(&mut self, from: Who, to: Who) -> Option<Said> {
        let line = self.lines.get_mut(&(from, to))?;
        let said = line.pop_front();
        if line.is_empty() {
            self.lines.remove(&(from, to));
        }
        said
    }
}
