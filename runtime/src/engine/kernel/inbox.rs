//! `Inbox`: a queue that one thread empties as a whole and many fill.

use std::sync::PoisonError;
use std::time::Duration;

use crate::engine::bell::Bell;
use crate::engine::sync::{Condvar, Mutex, MutexGuard};

/// How long a taker waits for an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patience {
    /// It has other things to do.
    None,
    /// Until something comes, or this long.
    For(Duration),
    /// Until something comes.
    Endless,
}

/// A queue. No wake-up is lost: a pusher adds under the lock and notifies after it, and the one
/// taker looks under the same lock before it waits, so an input is either seen by that look or
/// notified after the wait began. Wake-ups without an input are harmless: the taker looks again.
#[derive(Debug)]
pub(super) struct Inbox<T> {
    queue: Mutex<Queue<T>>,
    filled: Condvar,
    bell: Bell,
}

#[derive(Debug)]
struct Queue<T> {
    items: Vec<T>,
    closed: bool,
    /// How many were ever added.
    pushes: u64,
    /// The taker waits for an input, and for no time to pass.
    resting: bool,
    /// The taker sleeps: only then is the system asked to wake it.
    sleeping: bool,
}

impl<T> Inbox<T> {
    /// An empty inbox; `bell` tells when its taker comes to rest.
    pub(super) fn new(bell: Bell) -> Self {
        Inbox {
            queue: Mutex::new(Queue {
                items: Vec::new(),
                closed: false,
                pushes: 0,
                resting: false,
                sleeping: false,
            }),
            filled: Condvar::new(),
            bell,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queue<T>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an input; a closed inbox drops it.
    pub(super) fn push(&self, item: T) {
        let mut queue = self.lock();
        if queue.closed {
            drop(queue);
            drop(item);
            return;
        }
        queue.items.push(item);
        queue.pushes += 1;
        let sleeping = std::mem::take(&mut queue.sleeping);
        drop(queue);
        if sleeping {
            self.filled.notify_one();
        }
    }

    /// Moves everything into `into`, which is empty. Returns false when the inbox is closed.
    pub(super) fn take(&self, patience: Patience, into: &mut Vec<T>) -> bool {
        let mut queue = self.lock();
        let mut patience = patience;
        while queue.items.is_empty() && !queue.closed {
            queue.sleeping = patience != Patience::None;
            queue = match patience {
                Patience::None => break,
                Patience::Endless => {
                    queue.resting = true;
                    self.bell.ring();
                    let waited = self.filled.wait(queue);
                    waited.unwrap_or_else(PoisonError::into_inner)
                }
                Patience::For(time) => {
                    patience = Patience::None;
                    let waited = self.filled.wait_timeout(queue, time);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        (queue.resting, queue.sleeping) = (false, false);
        std::mem::swap(&mut queue.items, into);
        !queue.closed
    }

    /// Moves up to `most` items into `into`, and never waits: the taker rests if nothing is here and
    /// its patience is endless. Returns false when the inbox is closed.
    pub(super) fn try_take(&self, patience: Patience, most: usize, into: &mut Vec<T>) -> bool {
        let mut queue = self.lock();
        let rests = queue.items.is_empty() && !queue.closed && patience == Patience::Endless;
        if rests && !queue.resting {
            self.bell.ring();
        }
        queue.resting = rests;
        let most = most.min(queue.items.len());
        into.extend(queue.items.drain(..most));
        !queue.closed
    }

    /// If the taker waits for something to be added, and for no time to pass: how many ever were.
    pub(super) fn rest(&self) -> Option<u64> {
        let queue = self.lock();
        (queue.resting && queue.items.is_empty()).then_some(queue.pushes)
    }

    /// Drops what is in it and everything to come, and wakes the taker.
    pub(super) fn close(&self) {
        let mut queue = self.lock();
        queue.closed = true;
        let dropped = std::mem::take(&mut queue.items);
        drop(queue);
        drop(dropped);
        self.filled.notify_one();
    }
}
