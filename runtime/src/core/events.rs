//! `Events`: the mailbox of one instance and its rows.
//!
//! An event has a row of its own among those of the instance's operations, under a number that its
//! instance gives when it arrives: the order of the rows is the order of arrival. So filing one
//! writes that row and not the instance. Who waits for which event is one of the operations.

use std::sync::Arc;

use super::entity::ENTITY_PREFIX;
use super::happened_brief::Brief;
use super::instance::Instance;
use super::operation::{Operation, OperationRowRef};
use super::operations::Operations;
use crate::durable::limits::{EVENTS_WAITING_BYTES_MAX, EVENTS_WAITING_MAX, PAYLOAD_BYTES_MAX};
use crate::durable::rsm::ReplyTo;
use crate::durable::{Letter, Mailbox, check_event_name};
use crate::planted::planted;
use crate::schema::Stored;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Events {
    mailbox: Mailbox,
    /// The number after the last one that arrived.
    next: u64,
    /// Those below this number have rows, durable or in a batch that was sealed; the others have none.
    written: u64,
    /// Those that were taken and have rows, which are to be deleted.
    taken: Vec<u64>,
}

impl Events {
    /// The events of an instance that is read, in the order of their numbers.
    pub(crate) fn load(
        events: impl IntoIterator<Item = (u64, String, Letter)>,
        operations: &Operations,
    ) -> Self {
        let mut all = Events::default();
        for (number, name, letter) in events {
            all.file(number, &name, letter);
        }
        all.written = all.next;
        for number in operations.numbers() {
            if let Some(Operation::Event { name }) = operations.get(number) {
                all.mailbox.expect(number, name);
            }
        }
        all
    }

    /// Files an event. Returns who waits for it.
    fn file(&mut self, number: u64, name: &str, letter: Letter) -> Option<u64> {
        self.next = number + 1;
        self.mailbox.arrive(number, name, letter)
    }

    /// Gives all events to a turn.
    pub(crate) fn lend(&mut self, turn: &mut Mailbox) {
        std::mem::swap(&mut self.mailbox, turn);
    }

    /// Takes back what a turn left that failed.
    pub(crate) fn take_back(&mut self, mailbox: &mut Mailbox) {
        if !planted!(EventsNotGivenBack) {
            mailbox.undo();
        }
        std::mem::swap(&mut self.mailbox, mailbox);
    }

    /// Takes back what a turn left. Returns the awaits that have their events.
    pub(crate) fn give_back(&mut self, mailbox: &mut Mailbox) -> Vec<u64> {
        let mut arrived = Vec::new();
        mailbox.commit(|operation, number| {
            arrived.extend(operation);
            // One without a row came and went in this epoch.
            if number < self.written && !planted!(EventRowKept) {
                self.taken.push(number);
            }
        });
        std::mem::swap(&mut self.mailbox, mailbox);
        arrived
    }

    /// Whether there is an event for this await.
    pub(crate) fn has(&self, operation: u64) -> bool {
        self.mailbox.has(operation)
    }

    /// Forgets who waits.
    pub(crate) fn forget_awaits(&mut self) {
        self.mailbox.forget_awaits();
    }

    /// Drops all events.
    pub(crate) fn clear(&mut self) {
        let left = std::mem::take(&mut self.mailbox);
        let left = left.since(0).into_iter().map(|(number, ..)| number);
        self.taken
            .extend(left.take_while(|number| *number < self.written));
    }

    /// The names and sizes of those that nobody has taken, in order.
    pub(crate) fn waiting(&self) -> Vec<(Arc<str>, u64)> {
        let waiting = self.mailbox.since(0).into_iter();
        let waiting =
            waiting.map(|(_, name, letter)| (name.clone(), letter.value.bytes.len() as u64));
        waiting.collect()
    }

    /// Who waits for answers to what nobody has taken.
    pub(crate) fn asked(&self) -> impl Iterator<Item = (&Arc<str>, &ReplyTo)> {
        self.mailbox.asked()
    }

    /// The idempotency keys of what nobody has taken.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.mailbox.asked().filter_map(|(_, to)| match to {
            ReplyTo::Key(key) => Some(&**key),
            _ => None,
        })
    }

    /// Whether there is an event besides those of these names.
    pub(crate) fn has_besides(&self, names: &[String]) -> bool {
        self.mailbox.has_besides(names)
    }

    /// How many nobody has taken.
    pub(crate) fn count(&self) -> usize {
        self.mailbox.count()
    }

    /// How many bytes they have.
    pub(crate) fn bytes(&self) -> usize {
        self.mailbox.bytes()
    }

    /// Whether a row may have to be written.
    pub(crate) fn are_touched(&self) -> bool {
        self.written < self.next && self.mailbox.count() > 0 || !self.taken.is_empty()
    }

    /// Calls `write` with every row that must change: its value, or none to delete it. What came
    /// and went since the last time is never written.
    pub(crate) fn write_rows(&mut self, mut write: impl FnMut(u64, Option<OperationRowRef<'_>>)) {
        for number in self.taken.drain(..) {
            write(number, None);
        }
        if self.written < self.next && self.mailbox.count() > 0 {
            for (number, name, Letter { value, reply_to }) in self.mailbox.since(self.written) {
                let row = OperationRowRef::Event(name, value, reply_to, None);
                write(number, Some(row));
            }
        }
        self.written = self.next;
    }
}

/// Why an instance does not take an event in.
pub(crate) enum Unwanted {
    /// It has ended, or is an entity.
    Ended,
    /// It has too many that nobody has taken.
    Full,
}

impl Instance {
    /// An event has arrived, after all that arrived before.
    pub(crate) fn event(&mut self, name: &str, letter: Letter) -> Result<(), Unwanted> {
        if self.has_ended() || self.is_entity() {
            return Err(Unwanted::Ended);
        }
        let number = self.next_operation;
        self.next_operation += 1;
        if self.history.is_on() {
            let arrived = Brief::EventArrived {
                name,
                bytes: letter.value.bytes.len() as u64,
            };
            match self.marks.dirty {
                true => self.history.add_briefly(&arrived),
                false => self.history.add_briefly_loose(number, &arrived),
            }
        }
        if let Some(operation) = self.events.file(number, name, letter) {
            self.groups.complete(operation);
        }
        Ok(())
    }

    /// The same from outside, where senders can wait.
    pub(crate) fn event_from_outside(
        &mut self,
        name: &str,
        letter: Letter,
    ) -> Result<(), Unwanted> {
        let mailbox = &self.events.mailbox;
        let full = mailbox.count() >= EVENTS_WAITING_MAX
            || mailbox.bytes() + letter.value.bytes.len() > EVENTS_WAITING_BYTES_MAX;
        if full && !self.has_ended() {
            return Err(Unwanted::Full);
        }
        self.event(name, letter)
    }
}

/// What is wrong with an event that a client raises.
pub(crate) fn invalid(id: &str, name: &str, value: &Stored) -> Option<String> {
    if id.starts_with(ENTITY_PREFIX) {
        return Some("an entity takes no events: call or signal an operation of it".to_owned());
    }
    if let Err(why) = check_event_name(name) {
        return Some(why);
    }
    let bytes = value.bytes.len();
    (bytes > PAYLOAD_BYTES_MAX)
        .then(|| format!("the event is {bytes} bytes, more than {PAYLOAD_BYTES_MAX}"))
}
