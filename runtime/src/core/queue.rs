//! `Queue`: the requests that an entity has not begun to serve, and the lock that decides who is next.
//!
//! Only the front of a long queue is in memory (rule 29): of the rest, its tail, it is known where it
//! begins and how long it is, who waits for the lock, and what those who may lock it have sent.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::operation::Operation;
use super::tail::Tail;
use super::{Number, Parent};
use crate::planted::planted;

/// Requests in the order of their arrival. While a critical section holds the lock, only those of
/// its instance are next; the others keep their places.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    /// Those in memory, with the instances that sent them: mostly they come last and are first to go.
    waiting: VecDeque<(u64, Option<Number>)>,
    /// The others.
    tail: Tail,
    /// The critical section that has the entity locked.
    owner: Option<Parent>,
    /// The critical sections that wait, wherever their requests are.
    locks: BTreeMap<u64, Parent>,
    /// Requests that came behind the first lock, wherever they are, by their senders: so that the
    /// holder's are found without a search, and nothing is kept about an entity that nobody locks.
    behind: BTreeSet<(Number, u64)>,
}

/// What has to be read before the next request can be served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// This request.
    One(u64),
    /// The tail, from this number on.
    Tail(u64),
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
        let from = match operation {
            Operation::Request(request) => request.from,
            Operation::Lock(lock) => {
                self.locks.insert(number, lock.owner);
                None
            }
            _ => return,
        };
        if let Some(from) = from
            && (self.owner.is_some() || !self.locks.is_empty())
        {
            self.behind.insert((from, number));
        }
        self.wait(number, from);
    }

    /// Where a request in memory is, or would be.
    fn place(&self, number: u64) -> Result<usize, usize> {
        match (self.waiting.front(), self.waiting.back()) {
            (Some((first, _)), _) if *first == number => Ok(0),
            (_, Some((last, _))) if *last < number => Err(self.waiting.len()),
            _ => self.waiting.binary_search_by_key(&number, |(at, _)| *at),
        }
    }

    fn wait(&mut self, number: u64, from: Option<Number>) {
        match self.place(number) {
            Ok(at) => self.waiting[at].1 = from,
            Err(at) if at == self.waiting.len() => self.waiting.push_back((number, from)),
            Err(at) => self.waiting.insert(at, (number, from)),
        }
    }

    /// Takes a request out of memory. Gives who sent it, if it was there.
    fn take(&mut self, number: u64) -> Option<Option<Number>> {
        let at = self.place(number).ok()?;
        let taken = match at {
            0 => self.waiting.pop_front(),
            at => self.waiting.remove(at),
        };
        taken.map(|(_, from)| from)
    }

    /// A request is served, or given up.
    pub(crate) fn remove(&mut self, number: u64) {
        let was_here = self.take(number);
        if self.locks.remove(&number).is_some() {
            if was_here.is_none() {
                self.tail.take(number);
            }
            self.forget();
        } else if let Some(Some(from)) = was_here {
            self.behind.remove(&(from, number));
        }
    }

    /// A request is from now on only where it is stored.
    pub(crate) fn set_down(&mut self, number: u64, operation: &Operation) {
        if self.take(number).is_some() {
            self.tail.add(number, operation.key());
        }
    }

    /// A request of the tail was read.
    pub(crate) fn pick_up(&mut self, number: u64, operation: &Operation) {
        let from = match operation {
            Operation::Request(request) => request.from,
            _ => None,
        };
        self.wait(number, from);
        self.tail.take(number);
    }

    /// The tail was read up to here, without this number.
    pub(crate) fn was_read(&mut self, to: u64) {
        self.tail.begins(to);
    }

    /// Which request is served next. If one has to be read before, it is not known.
    pub(crate) fn next(&self) -> Option<u64> {
        match self.owner {
            None => self.front(),
            Some(_) if planted!(LockIgnored) => self.front(),
            Some(owner) => self.first_of(owner.number),
        }
    }

    /// What has to be read to know that, and to serve it.
    pub(crate) fn wanted(&self) -> Option<Wanted> {
        match self.owner {
            None if self.front().is_some() => None,
            None => self.tail.from().map(Wanted::Tail),
            Some(owner) => {
                let next = self.first_of(owner.number)?;
                self.place(next).is_err().then_some(Wanted::One(next))
            }
        }
    }

    /// Whether there is a next request, in memory or not.
    pub(crate) fn is_ready(&self) -> bool {
        match self.owner {
            None => self.front().is_some() || self.tail.from().is_some(),
            Some(_) => self.next().is_some(),
        }
    }

    /// The first one, if it is in memory.
    fn front(&self) -> Option<u64> {
        let (first, _) = self.waiting.front()?;
        let in_front = self.tail.from().is_none_or(|tail| *first < tail);
        let in_front = in_front || planted!(TailOvertaken);
        in_front.then_some(*first)
    }

    fn first_of(&self, sender: Number) -> Option<u64> {
        if self.behind.is_empty() {
            return None;
        }
        let (of, number) = self.behind.range((sender, 0)..).next()?;
        (*of == sender).then_some(*number)
    }

    /// How many can be served one after the other, without anybody having to unlock the entity or an
    /// operation that waits.
    pub(crate) fn turns(&self, is_serving: bool) -> usize {
        match is_serving || self.owner.is_some() {
            true => 1,
            false => self.here() + self.away(),
        }
    }

    /// How many are in memory.
    pub(crate) fn here(&self) -> usize {
        self.waiting.len()
    }

    /// How many are not.
    pub(crate) fn away(&self) -> usize {
        self.tail.len()
    }

    /// Those in memory, the last one first.
    pub(crate) fn backwards(&self) -> impl Iterator<Item = u64> + '_ {
        self.waiting.iter().rev().map(|(number, _)| *number)
    }

    /// The idempotency keys of those that are not in memory.
    pub(crate) fn keys_away(&self) -> impl Iterator<Item = &str> {
        self.tail.keys()
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
        let held = self.owner == Some(owner) || planted!(AnybodyUnlocks);
        if held {
            self.owner = None;
            self.forget();
        }
        held
    }

    /// Where a critical section waits.
    pub(crate) fn lock_of(&self, owner: Parent) -> Option<u64> {
        let mut locks = self.locks.iter();
        let found = locks.find(|(_, waiting)| **waiting == owner);
        found.map(|(number, _)| *number)
    }

    /// Nobody locks any more: senders are as good as one another.
    fn forget(&mut self) {
        if self.locks.is_empty() && self.owner.is_none() {
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

    /// Sets down what waits under these numbers.
    fn set_down(queue: &mut Queue, numbers: std::ops::Range<u64>, from: u64) {
        for number in numbers {
            queue.set_down(number, &request(Some(from)));
        }
    }

    #[test]
    fn what_is_in_the_tail_comes_before_what_arrived_later() {
        let mut queue = Queue::default();
        for number in 0..4 {
            queue.put(number, &request(Some(1)));
        }
        set_down(&mut queue, 1..3, 1);
        assert_eq!((queue.next(), queue.here(), queue.away()), (Some(0), 2, 2));
        queue.remove(0);
        assert_eq!(queue.next(), None, "3 is in memory, 1 comes before it");
        assert!(queue.is_ready());
        assert_eq!(queue.wanted(), Some(Wanted::Tail(1)));
        queue.pick_up(1, &request(Some(1)));
        queue.was_read(2);
        assert_eq!((queue.next(), queue.wanted()), (Some(1), None));
        queue.remove(1);
        assert_eq!(queue.wanted(), Some(Wanted::Tail(2)));
        queue.pick_up(2, &request(Some(1)));
        queue.was_read(3);
        queue.remove(2);
        assert_eq!((queue.next(), queue.away()), (Some(3), 0));
    }

    #[test]
    fn the_holders_requests_are_found_in_the_tail() {
        let mut queue = queue(&[], &[1, 7, 2, 7]);
        set_down(&mut queue, 1..5, 0);
        queue.lock(0, OWNER);
        for number in [2, 4] {
            assert!(queue.is_ready());
            assert_eq!(queue.wanted(), Some(Wanted::One(number)));
            queue.pick_up(number, &request(Some(7)));
            assert_eq!((queue.next(), queue.wanted()), (Some(number), None));
            queue.remove(number);
        }
        assert!(!queue.is_ready(), "the others wait");
        queue.unlock(OWNER);
        assert_eq!(queue.wanted(), Some(Wanted::Tail(1)));
    }

    #[test]
    fn a_lock_in_the_tail_can_be_given_up() {
        let mut queue = queue(&[1], &[2]);
        queue.set_down(1, &lock(OWNER));
        queue.set_down(2, &request(Some(2)));
        assert_eq!(queue.lock_of(OWNER), Some(1));
        queue.remove(1);
        assert_eq!((queue.lock_of(OWNER), queue.away()), (None, 1));
        assert!(queue.behind.is_empty());
    }
}
