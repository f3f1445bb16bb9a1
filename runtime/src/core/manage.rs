//! What an operator does to an instance: ends it, holds it, deletes it.

use super::asks::Asks;
use super::happened::{Happened, cut};
use super::instance::{Instance, State};
use super::message::Message;
use super::operation::Operation;
use super::{Ending, Parent};
use crate::durable::Timestamp;

impl Instance {
    /// It is cancelled, with everything it has under way, down the tree.
    pub(crate) fn cancel(&mut self, now: Timestamp, asks: &mut Asks) {
        self.stop(Ending::Cancelled, now, asks);
    }

    /// It is ended with a reason, with everything it has under way, down the tree.
    pub(crate) fn terminate(&mut self, reason: String, now: Timestamp, asks: &mut Asks) {
        self.stop(Ending::Terminated { reason }, now, asks);
    }

    /// What is pending is dropped in the commit that ends it (rule 20).
    fn stop(&mut self, ending: Ending, now: Timestamp, asks: &mut Asks) {
        if self.has_ended() {
            return;
        }
        for operation in self.operations.numbers() {
            match (self.operations.get(operation), &ending) {
                (Some(Operation::Child { id, .. }), Ending::Terminated { reason }) => {
                    let (id, reason) = (id.clone(), reason.clone());
                    let number = self.number;
                    let parent = Parent { number, operation };
                    self.operations.remove(operation);
                    asks.messages
                        .push(Message::TerminateChild { parent, id, reason });
                }
                _ => self.drop_operation(operation, asks),
            }
        }
        self.end(ending, now, asks);
    }

    /// It gets no more turns; what arrives for it is kept. Returns whether it can be suspended.
    pub(crate) fn suspend(&mut self, reason: String, now: Timestamp) -> bool {
        if self.has_ended() {
            return false;
        }
        self.tell(Happened::Suspended {
            reason: cut(reason.clone()),
        });
        self.suspended = Some(reason);
        self.touch(now);
        true
    }

    /// It gets turns again. Returns whether it can be resumed.
    pub(crate) fn go_on(&mut self, now: Timestamp) -> bool {
        if self.suspended.take().is_some() {
            self.tell(Happened::Resumed);
            self.touch(now);
        }
        !self.has_ended()
    }

    /// It is deleted with all it has left: activities it had spawned are told to stop.
    pub(crate) fn purge(&mut self, asks: &mut Asks) {
        for operation in self.operations.numbers() {
            self.drop_operation(operation, asks);
        }
        self.operations.drop_completions();
        self.events.clear();
        if let Some(at) = self.expires.take() {
            asks.disarm.push((at, EXPIRY));
        }
        self.marks.purged = true;
        self.marks.dirty = true;
    }

    /// Why it is suspended or was terminated.
    pub(crate) fn reason(&self) -> Option<&str> {
        match &self.state {
            State::Ended(Ending::Terminated { reason }) => Some(reason),
            _ => self.suspended.as_deref(),
        }
    }
}

/// The number that stands for no operation but for the instance's own end, in the timer that
/// purges it.
pub(crate) const EXPIRY: u64 = u64::MAX;

/// The number that stands for the pause after a turn that failed.
pub(crate) const REST: u64 = u64::MAX - 1;
