//! `Events`: the mailbox of one instance and its rows.
//!
//! An event has a row of its own among those of the instance's operations, under a number that its
//! instance gives when it arrives: the order of the rows is the order of arrival. So filing one
//! writes that row and not the instance. Who waits for which event is one of the operations.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::entity::ENTITY_PREFIX;
use super::happened::Happened;
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
    /// The names of those that nobody has taken.
    names: FxHashMap<u64, Arc<str>>,
    /// Whose rows may have to be written or deleted.
    touched: Vec<u64>,
    /// Who has a row, durable or in a batch that was sealed.
    rows: FxHashSet<u64>,
}

impl Events {
    /// The events of an instance that is read, in the order of their numbers.
    pub(crate) fn load(
        events: impl IntoIterator<Item = (u64, String, Letter)>,
        operations: &Operations,
    ) -> Self {
        let mut all = Events::default();
        for (number, name, letter) in events {
            all.file(number, name, letter);
            all.rows.insert(number);
        }
        all.touched.clear();
        for number in operations.numbers() {
            if let Some(Operation::Event { name }) = operations.get(number) {
                all.mailbox.expect(number, name);
            }
        }
        all
    }

    /// Files an event. Returns who waits for it.
    fn file(&mut self, number: u64, name: String, letter: Letter) -> Option<u64> {
        let name: Arc<str> = name.into();
        let awaited = self.mailbox.arrive(number, &name, letter);
        self.names.insert(number, name);
        self.touched.push(number);
        awaited
    }

    /// Gives all events to a turn.
    pub(crate) fn lend(&mut self) -> Mailbox {
        std::mem::take(&mut self.mailbox)
    }

    /// Takes back what a turn left that failed.
    pub(crate) fn take_back(&mut self, mut mailbox: Mailbox) {
        if !planted!(EventsNotGivenBack) {
            mailbox.undo();
        }
        self.mailbox = mailbox;
    }

    /// Takes back what a turn left. Returns the awaits that have their events.
    pub(crate) fn give_back(&mut self, mut mailbox: Mailbox) -> Vec<u64> {
        let taken = mailbox.commit();
        self.mailbox = mailbox;
        taken
            .into_iter()
            .filter_map(|(operation, number)| {
                self.names.remove(&number);
                if !planted!(EventRowKept) {
                    self.touched.push(number);
                }
                operation
            })
            .collect()
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
        self.mailbox = Mailbox::default();
        self.touched
            .extend(self.names.drain().map(|(number, _)| number));
    }

    /// The names and sizes of those that nobody has taken, in order.
    pub(crate) fn waiting(&self) -> Vec<(Arc<str>, u64)> {
        let mut numbers: Vec<_> = self.names.iter().collect();
        numbers.sort_unstable_by_key(|(number, _)| **number);
        let waiting = numbers.into_iter().filter_map(|(number, name)| {
            let letter = self.mailbox.event(name, *number)?;
            Some((name.clone(), letter.value.bytes.len() as u64))
        });
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
        !self.touched.is_empty()
    }

    /// Calls `write` with every row that must change: its value, or none to delete it. What came
    /// and went since the last time is never written.
    pub(crate) fn write_rows(&mut self, mut write: impl FnMut(u64, Option<OperationRowRef<'_>>)) {
        for number in std::mem::take(&mut self.touched) {
            let name = self.names.get(&number);
            let event = name.and_then(|name| Some((name, self.mailbox.event(name, number)?)));
            if let Some((name, letter)) = event {
                if self.rows.insert(number) {
                    let Letter { value, reply_to } = letter;
                    let row = OperationRowRef::Event(name, value, reply_to, None);
                    write(number, Some(row));
                }
            } else if self.rows.remove(&number) {
                write(number, None);
            }
        }
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
    pub(crate) fn event(&mut self, name: String, letter: Letter) -> Result<(), Unwanted> {
        if self.has_ended() || self.is_entity() {
            return Err(Unwanted::Ended);
        }
        let number = self.next_operation;
        self.next_operation += 1;
        if self.history.is_on() {
            let arrived = Happened::EventArrived {
                name: name.clone(),
                bytes: letter.value.bytes.len() as u64,
            };
            self.tell_with(number, arrived);
        }
        if let Some(operation) = self.events.file(number, name, letter) {
            self.groups.complete(operation);
        }
        Ok(())
    }

    /// The same from outside, where senders can wait.
    pub(crate) fn event_from_outside(
        &mut self,
        name: String,
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
