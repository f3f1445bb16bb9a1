//! `Inbox`: a queue that one thread empties as a whole and many fill.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

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
}

#[derive(Debug)]
struct Queue<T> {
    items: Vec<T>,
    closed: bool,
}

impl<T> Inbox<T> {
    pub(super) fn new() -> Self {
        Inbox {
            queue: Mutex::new(Queue {
                items: Vec::new(),
                closed: false,
            }),
            filled: Condvar::new(),
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
        // The taker waits only while the queue is empty.
        let first = queue.items.len() == 1;
        drop(queue);
        if first {
            self.filled.notify_one();
        }
    }

    /// Moves everything into `into`, which is empty. Returns false when the inbox is closed.
    pub(super) fn take(&self, patience: Patience, into: &mut Vec<T>) -> bool {
        let mut queue = self.lock();
        let mut patience = patience;
        while queue.items.is_empty() && !queue.closed {
            queue = match patience {
                Patience::None => break,
                Patience::Endless => self
                    .filled
                    .wait(queue)
                    .unwrap_or_else(PoisonError::into_inner),
                Patience::For(time) => {
                    patience = Patience::None;
                    let waited = self.filled.wait_timeout(queue, time);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        std::mem::swap(&mut queue.items, into);
        !queue.closed
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
