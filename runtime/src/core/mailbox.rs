//! The mailbox of an entity: how much of it is in memory (rule 29).
//!
//! A request has a row of its own, under a number that says when it came. When that is durable, and
//! more than a few requests wait, the last of them are forgotten; when one of those is next it is
//! read again. So a mailbox may be as long as the disk allows.

use super::instance::Instance;
use super::operation::Operation;
use super::queue::Queue;

impl Instance {
    /// Everything that was sealed is durable: of a long mailbox only the front stays in memory.
    pub(crate) fn was_committed(&mut self, mark: usize) {
        self.operations.were_committed();
        let excess = self.queue.here().saturating_sub(mark);
        if excess == 0 {
            return;
        }
        let stored = |number: &u64| self.operations.is_stored(*number);
        let last = self.queue.backwards().filter(stored).take(excess);
        for number in last.collect::<Vec<_>>() {
            if let Some(request) = self.operations.set_down(number) {
                self.queue.set_down(number, &request);
            }
        }
        self.operations.shrink();
    }

    /// A row was read while the tail is. Returns whether it is a request of the tail, which is
    /// there again.
    pub(crate) fn pick_up(&mut self, number: u64, operation: Operation) -> bool {
        // A row may still be there although its request has been served.
        let known = self.operations.is_pending(number) || self.operations.is_leaving(number);
        if known || !operation.waits() {
            return false;
        }
        self.queue.pick_up(number, &operation);
        self.operations.pick_up(number, operation);
        true
    }

    /// How many calls and requests are under way, in memory or not.
    pub(crate) fn pending(&self) -> usize {
        self.operations.pending() + self.queue.away()
    }

    /// How many requests of others wait or are being served, in memory or not.
    pub(crate) fn requests(&self) -> usize {
        self.operations.requests() + self.queue.away()
    }
}

impl Queue {
    /// A request of an entity is read with it; those before it have been. Returns whether it is
    /// kept in memory.
    pub(crate) fn load(&mut self, number: u64, operation: &Operation, mark: usize) -> bool {
        if !operation.waits() {
            return true;
        }
        self.put(number, operation);
        let kept = self.here() <= mark;
        if !kept {
            self.set_down(number, operation);
        }
        kept
    }
}
