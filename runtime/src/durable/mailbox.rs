//! `Mailbox`: the events of one instance that nobody has taken, and the awaits that wait for one.

use std::collections::VecDeque;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::rsm::ReplyTo;
use crate::schema::Stored;

/// An event that has arrived.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Letter {
    pub(crate) value: Stored,
    /// Who waits for its answer.
    pub(crate) reply_to: ReplyTo,
}

impl Letter {
    /// One that nobody waits for.
    pub(crate) fn sent(value: Stored) -> Self {
        let reply_to = ReplyTo::Nobody;
        Letter { value, reply_to }
    }
}

/// So many names stay known that nothing waits under, with the room of their queues.
const NAMES_KEPT: usize = 8;

/// Events and awaits by name. Of each name the first await is given the first event, the second the
/// second; so whatever an await has not taken is the next one's, in the order of arrival.
///
/// Events and awaits are numbered by their instance, both in ascending order.
#[derive(Debug, Default)]
pub(crate) struct Mailbox {
    queues: FxHashMap<Arc<str>, Queue>,
    /// What each await waits for.
    names: FxHashMap<u64, Arc<str>>,
    /// What the turn under way did, to be undone if it fails.
    changes: Vec<Change>,
    count: usize,
    bytes: usize,
    /// In a replay: the event that each await has been given.
    given: FxHashMap<u64, Stored>,
}

#[derive(Debug, Default)]
struct Queue {
    awaits: VecDeque<u64>,
    events: VecDeque<(u64, Letter)>,
}

#[derive(Debug)]
enum Change {
    Began {
        operation: u64,
    },
    Took {
        /// The await, unless it was taken by a machine, which waits for any.
        operation: Option<u64>,
        event: (u64, Letter),
        name: Arc<str>,
    },
    Cancelled {
        operation: u64,
        name: Arc<str>,
    },
}

impl Queue {
    /// The place of an await among those of its name.
    fn rank(&self, operation: u64) -> Option<usize> {
        self.awaits.binary_search(&operation).ok()
    }

    fn put_await(&mut self, operation: u64) {
        let at = self.awaits.partition_point(|before| *before < operation);
        self.awaits.insert(at, operation);
    }

    fn put_event(&mut self, event: (u64, Letter)) {
        if self.events.back().is_none_or(|(last, _)| *last < event.0) {
            self.events.push_back(event);
            return;
        }
        let at = self.events.partition_point(|(before, _)| *before < event.0);
        self.events.insert(at, event);
    }

    fn is_empty(&self) -> bool {
        self.awaits.is_empty() && self.events.is_empty()
    }
}

impl Mailbox {
    /// The mailbox of a turn that is made anew, in which each await is given what it was given.
    pub(crate) fn given(events: impl Iterator<Item = (u64, Stored)>) -> Self {
        Mailbox {
            given: events.collect(),
            ..Mailbox::default()
        }
    }

    /// The awaits that have not taken what they were given.
    pub(crate) fn left_of_given(&self) -> impl Iterator<Item = u64> {
        self.given.keys().copied()
    }

    /// What the turn under way has taken.
    pub(crate) fn taken(&self) -> impl Iterator<Item = (u64, &Stored)> {
        self.changes.iter().filter_map(|change| match change {
            Change::Took {
                operation, event, ..
            } => Some(((*operation)?, &event.1.value)),
            Change::Began { .. } | Change::Cancelled { .. } => None,
        })
    }

    fn queue(&mut self, name: &Arc<str>) -> &mut Queue {
        self.queues.entry(name.clone()).or_default()
    }

    /// An event has arrived. Returns the await that it is for, if that waits already.
    pub(crate) fn arrive(&mut self, number: u64, name: &str, letter: Letter) -> Option<u64> {
        self.count += 1;
        self.bytes += letter.value.bytes.len();
        let queue = match self.queues.get_mut(name) {
            Some(queue) => queue,
            None => self.queue(&name.into()),
        };
        queue.put_event((number, letter));
        queue.awaits.get(queue.events.len() - 1).copied()
    }

    /// An await of a turn begins.
    pub(crate) fn begin(&mut self, operation: u64, name: &str) {
        self.expect(operation, name);
        self.changes.push(Change::Began { operation });
    }

    /// An await of an earlier turn goes on.
    pub(crate) fn expect(&mut self, operation: u64, name: &str) {
        let name: Arc<str> = name.into();
        self.queue(&name).put_await(operation);
        self.names.insert(operation, name);
    }

    /// Whether there is an event for this await.
    pub(crate) fn has(&self, operation: u64) -> bool {
        let queue = self
            .name_of(operation)
            .and_then(|name| self.queues.get(name));
        let arrived = queue.is_some_and(|queue| {
            let rank = queue.rank(operation);
            rank.is_some_and(|rank| rank < queue.events.len())
        });
        arrived || self.given.contains_key(&operation)
    }

    /// What an await waits for.
    pub(crate) fn name_of(&self, operation: u64) -> Option<&Arc<str>> {
        self.names.get(&operation)
    }

    /// Takes the event of this await, if it has come.
    pub(crate) fn take(&mut self, operation: u64) -> Option<&Stored> {
        let (event, name) = match self.given.remove(&operation) {
            // An await of an earlier turn has left no name in this one.
            Some(value) => (
                (0, Letter::sent(value)),
                self.names.remove(&operation).unwrap_or_default(),
            ),
            None => self.take_arrived(operation)?,
        };
        self.took(Some(operation), event, name)
            .map(|letter| &letter.value)
    }

    fn took(
        &mut self,
        operation: Option<u64>,
        event: (u64, Letter),
        name: Arc<str>,
    ) -> Option<&Letter> {
        self.changes.push(Change::Took {
            operation,
            event,
            name,
        });
        match self.changes.last() {
            Some(Change::Took { event, .. }) => Some(&event.1),
            _ => None,
        }
    }

    /// Takes the event that came first among those whose names are wanted.
    pub(crate) fn take_first(
        &mut self,
        wanted: impl Fn(&str) -> bool,
    ) -> Option<(Arc<str>, &Letter)> {
        let (_, name, queue) = self
            .queues
            .iter_mut()
            .filter_map(|(name, queue)| Some((queue.events.front()?.0, name, queue)))
            .filter(|(_, name, _)| wanted(name))
            .min_by_key(|(number, ..)| *number)?;
        let (event, name) = (queue.events.pop_front()?, name.clone());
        self.count -= 1;
        self.bytes -= event.1.value.bytes.len();
        let letter = self.took(None, event, name.clone())?;
        Some((name, letter))
    }

    /// Whether there is an event besides those of these names.
    pub(crate) fn has_besides(&self, names: &[String]) -> bool {
        self.count > 0
            && self.queues.iter().any(|(name, queue)| {
                !queue.events.is_empty() && !names.iter().any(|other| **other == **name)
            })
    }

    /// Who waits for answers to what nobody has taken.
    pub(crate) fn asked(&self) -> impl Iterator<Item = (&Arc<str>, &ReplyTo)> {
        self.queues.iter().flat_map(|(name, queue)| {
            let letters = queue.events.iter().map(|(_, letter)| &letter.reply_to);
            letters
                .filter(|reply_to| **reply_to != ReplyTo::Nobody)
                .map(move |reply_to| (name, reply_to))
        })
    }

    fn take_arrived(&mut self, operation: u64) -> Option<((u64, Letter), Arc<str>)> {
        let name = self.names.get(&operation)?;
        let queue = self.queues.get_mut(name)?;
        let rank = queue.rank(operation)?;
        let event = queue.events.remove(rank)?;
        queue.awaits.remove(rank);
        self.count -= 1;
        self.bytes -= event.1.value.bytes.len();
        let name = self.names.remove(&operation)?;
        Some((event, name))
    }

    /// Gives up an await; the event it has not taken is the next one's.
    pub(crate) fn cancel(&mut self, operation: u64) {
        let Some(name) = self.names.remove(&operation) else {
            return;
        };
        let queue = self.queue(&name);
        if let Some(rank) = queue.rank(operation) {
            queue.awaits.remove(rank);
        }
        self.changes.push(Change::Cancelled { operation, name });
    }

    /// Puts everything back as it was before the turn.
    pub(crate) fn undo(&mut self) {
        for change in std::mem::take(&mut self.changes).into_iter().rev() {
            match change {
                Change::Began { operation } => {
                    if let Some(name) = self.names.remove(&operation) {
                        self.queue(&name).awaits.retain(|other| *other != operation);
                    }
                }
                Change::Took {
                    operation,
                    event,
                    name,
                } => {
                    self.count += 1;
                    self.bytes += event.1.value.bytes.len();
                    self.queue(&name).put_event(event);
                    if let Some(operation) = operation {
                        self.queue(&name).put_await(operation);
                        self.names.insert(operation, name);
                    }
                }
                Change::Cancelled { operation, name } => {
                    self.queue(&name).put_await(operation);
                    self.names.insert(operation, name);
                }
            }
        }
        self.queues.retain(|_, queue| !queue.is_empty());
    }

    /// The turn counts: `took` is told which awaits took which events.
    pub(crate) fn commit(&mut self, mut took: impl FnMut(Option<u64>, u64)) {
        for change in self.changes.drain(..) {
            let name = match change {
                Change::Began { .. } => continue,
                Change::Took {
                    operation,
                    event: (number, _),
                    name,
                } => {
                    took(operation, number);
                    name
                }
                Change::Cancelled { name, .. } => name,
            };
            let many = self.queues.len() > NAMES_KEPT;
            if many && self.queues.get(&name).is_some_and(Queue::is_empty) {
                self.queues.remove(&name);
            }
        }
    }

    /// Forgets who waits. The events stay.
    pub(crate) fn forget_awaits(&mut self) {
        self.names.clear();
        self.queues.retain(|_, queue| {
            queue.awaits.clear();
            !queue.is_empty()
        });
    }

    /// The events from this number on, in order.
    pub(crate) fn since(&self, first: u64) -> Vec<(u64, &Arc<str>, &Letter)> {
        let mut since = Vec::new();
        for (name, queue) in &self.queues {
            let events = queue.events.iter().rev();
            let events = events.take_while(|(number, _)| *number >= first);
            since.extend(events.map(|(number, letter)| (*number, name, letter)));
        }
        since.sort_unstable_by_key(|(number, ..)| *number);
        since
    }

    /// How many events nobody has taken.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Their size in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(n: u64) -> Stored {
        Stored::write(&n).unwrap()
    }

    fn with(awaits: &[u64], events: &[u64]) -> Mailbox {
        let mut mailbox = Mailbox::default();
        for operation in awaits {
            mailbox.expect(*operation, "a");
        }
        for number in events {
            mailbox.arrive(*number, "a", Letter::sent(stored(*number)));
        }
        mailbox
    }

    fn arrive(mailbox: &mut Mailbox, number: u64, name: &str) -> Option<u64> {
        mailbox.arrive(number, name, Letter::sent(stored(number)))
    }

    fn commit(mailbox: &mut Mailbox) -> Vec<(Option<u64>, u64)> {
        let mut taken = Vec::new();
        mailbox.commit(|operation, number| taken.push((operation, number)));
        taken
    }

    fn take(mailbox: &mut Mailbox, operation: u64) -> Option<u64> {
        mailbox.take(operation).map(|value| value.read().unwrap())
    }

    #[test]
    fn an_event_is_for_the_await_of_its_rank() {
        let mut mailbox = with(&[1, 2], &[]);
        assert_eq!(arrive(&mut mailbox, 3, "a"), Some(1));
        assert_eq!(arrive(&mut mailbox, 4, "a"), Some(2));
        assert_eq!(arrive(&mut mailbox, 5, "a"), None);
        assert_eq!(arrive(&mut mailbox, 6, "b"), None);
    }

    #[test]
    fn awaits_take_events_in_the_order_of_arrival_whoever_is_polled_first() {
        let mut mailbox = with(&[1, 2], &[3, 4]);
        assert_eq!(take(&mut mailbox, 2), Some(4));
        assert_eq!(take(&mut mailbox, 1), Some(3));
        assert_eq!(commit(&mut mailbox), [(Some(2), 4), (Some(1), 3)]);
        assert_eq!((mailbox.count(), mailbox.bytes()), (0, 0));
    }

    #[test]
    fn of_many_names_that_nothing_waits_under_few_stay_known() {
        let mut mailbox = Mailbox::default();
        for number in 0..100 {
            arrive(&mut mailbox, number, &format!("name {number}"));
        }
        while mailbox.take_first(|_| true).is_some() {}
        assert_eq!(commit(&mut mailbox).len(), 100);
        assert_eq!(mailbox.queues.len(), NAMES_KEPT);
    }

    #[test]
    fn the_event_of_an_await_that_is_given_up_is_the_next_ones() {
        let mut mailbox = with(&[1, 2], &[3, 4]);
        mailbox.cancel(1);
        assert_eq!(take(&mut mailbox, 2), Some(3));
        mailbox.begin(5, "a");
        assert_eq!(take(&mut mailbox, 5), Some(4));
    }

    #[test]
    fn a_turn_that_is_undone_gives_everything_back_in_order() {
        let mut mailbox = with(&[1, 2], &[3, 4, 5]);
        let before = format!("{:?}", mailbox.queues["a"]);
        mailbox.cancel(1);
        take(&mut mailbox, 2);
        mailbox.begin(6, "a");
        take(&mut mailbox, 6);
        mailbox.begin(7, "b");
        mailbox.undo();
        assert_eq!(format!("{:?}", mailbox.queues["a"]), before);
        assert_eq!(mailbox.queues.len(), 1);
        assert_eq!(mailbox.count(), 3);
        assert!(mailbox.has(1) && mailbox.has(2) && !mailbox.has(6));
    }
}
