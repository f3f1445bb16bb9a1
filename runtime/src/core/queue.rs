//! `Queue`: the requests that an entity has not begun to serve, and the lock that decides who is next.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::operation::Operation;
use super::{Number, Parent};

/// What waits under a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waiting {
    /// An operation is asked for, by this instance if it was one.
    Request(Option<Number>),
    /// A critical section asks for the lock.
    Lock,
}

/// Requests in the order of their arrival. While a critical section holds the lock, only those of
/// its instance are next; the others keep their places.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    waiting: BTreeMap<u64, Waiting>,
    /// The critical section that has the entity locked.
    owner: Option<Parent>,
    /// How many critical sections wait.
    locks: usize,
    /// Requests that came behind the first lock, by their senders: so that the holder's are found
    /// without a search, and nothing is kept about an entity that nobody locks.
    behind: FxHashMap<Number, BTreeSet<u64>>,
}

impl Queue {
    /// The queue of an entity that was read, before its requests are put back in order.
    pub(crate) fn owned_by(owner: Option<Parent>) -> Self {
        Queue {
            owner,
            ..Queue::default()
        }
    }

    /// A request has come, or its time has.
    pub(crate) fn put(&mut self, number: u64, operation: &Operation) {
        let waiting = match operation {
            Operation::Request(request) => Waiting::Request(request.from),
            Operation::Lock(_) => Waiting::Lock,
            _ => return,
        };
        match waiting {
            Waiting::Lock => self.locks += 1,
            Waiting::Request(Some(from)) if self.locks > 0 || self.owner.is_some() => {
                self.behind.entry(from).or_default().insert(number);
            }
            Waiting::Request(_) => {}
        }
        self.waiting.insert(number, waiting);
    }

    /// A request is served, or given up.
    pub(crate) fn remove(&mut self, number: u64) {
        match self.waiting.remove(&number) {
            Some(Waiting::Lock) => {
                self.locks -= 1;
                self.forget();
            }
            Some(Waiting::Request(Some(from))) => {
                if let Some(own) = self.behind.get_mut(&from) {
                    own.remove(&number);
                    if own.is_empty() {
                        self.behind.remove(&from);
                    }
                }
            }
            Some(Waiting::Request(None)) | None => {}
        }
    }

    /// Which request is served next.
    pub(crate) fn next(&self) -> Option<u64> {
        match self.owner {
            None => self.waiting.keys().next().copied(),
            Some(owner) => self.behind.get(&owner.number)?.first().copied(),
        }
    }

    /// The critical section that has the entity locked.
    pub(crate) fn owner(&self) -> Option<Parent> {
        self.owner
    }

    /// The lock goes to a critical section, whose request was next.
    pub(crate) fn lock(&mut self, number: u64, owner: Parent) {
        assert!(self.owner.is_none(), "an entity has one lock");
        assert_eq!(self.next(), Some(number), "locks are given in order");
        self.owner = Some(owner);
        self.remove(number);
    }

    /// The lock is free again, if it was this critical section's.
    pub(crate) fn unlock(&mut self, owner: Parent) -> bool {
        let held = self.owner == Some(owner);
        if held {
            self.owner = None;
            self.forget();
        }
        held
    }

    /// The numbers of the locks that wait.
    pub(crate) fn locks(&self) -> impl Iterator<Item = u64> + '_ {
        let locks = self
            .waiting
            .iter()
            .filter(|(_, waiting)| **waiting == Waiting::Lock);
        locks.map(|(number, _)| *number)
    }

    /// Nobody locks any more: senders are as good as one another.
    fn forget(&mut self) {
        if self.locks == 0 && self.owner.is_none() {
            self.behind.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::super::operation::{Caller, EntityRequest};
    use super::super::section::LockRequest;
    use super::*;
    use crate::schema::Stored;

    const OWNER: Parent = parent(7);

    const fn parent(n: u64) -> Parent {
        let number = Number { partition: 1, n };
        Parent {
            number,
            operation: 3,
        }
    }

    fn request(from: Option<u64>) -> Operation {
        Operation::Request(Box::new(EntityRequest {
            method: Cow::Borrowed("put"),
            args: Stored::write(&()).unwrap(),
            caller: Caller::Nobody,
            from: from.map(|n| parent(n).number),
            due: None,
        }))
    }

    fn lock(owner: Parent) -> Operation {
        let rest = Vec::new();
        Operation::Lock(Box::new(LockRequest { owner, rest }))
    }

    /// Requests of these instances, then the lock of `OWNER`, then requests of those.
    fn queue(before: &[u64], after: &[u64]) -> Queue {
        let mut queue = Queue::default();
        let mut number = 0..;
        let mut next = || number.next().unwrap();
        for from in before {
            queue.put(next(), &request(Some(*from)));
        }
        queue.put(next(), &lock(OWNER));
        for from in after {
            queue.put(next(), &request(Some(*from)));
        }
        queue
    }

    #[test]
    fn requests_are_next_in_the_order_of_their_arrival() {
        let mut queue = queue(&[1, 7], &[]);
        for number in 0..3 {
            assert_eq!(queue.next(), Some(number));
            queue.remove(number);
        }
        assert_eq!(queue.next(), None);
    }

    #[test]
    fn the_holders_requests_are_next_and_the_others_keep_their_places() {
        let mut queue = queue(&[], &[1, 7, 2, 7]);
        queue.lock(0, OWNER);
        for number in [2, 4] {
            assert_eq!(queue.next(), Some(number));
            queue.remove(number);
        }
        assert_eq!(queue.next(), None);
        queue.put(5, &request(None));
        assert_eq!(queue.next(), None);
        assert!(queue.unlock(OWNER));
        for number in [1, 3, 5] {
            assert_eq!(queue.next(), Some(number));
            queue.remove(number);
        }
    }

    #[test]
    fn only_the_owner_unlocks() {
        let mut queue = queue(&[], &[1]);
        queue.lock(0, OWNER);
        assert!(!queue.unlock(parent(1)));
        assert_eq!(queue.next(), None);
        assert!(queue.unlock(OWNER));
        assert!(!queue.unlock(OWNER));
    }

    #[test]
    fn nothing_is_kept_of_senders_when_nobody_locks() {
        let mut queue = queue(&[], &[1, 2]);
        queue.lock(0, OWNER);
        queue.unlock(OWNER);
        assert!(queue.behind.is_empty());
        queue.put(9, &request(Some(4)));
        assert!(queue.behind.is_empty());
        assert_eq!(queue.next(), Some(1));
    }
}
