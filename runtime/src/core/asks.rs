//! `Asks`: what a transition of an instance asks of its shard.

use super::message::Message;
use super::{Ending, Program, StartAttempt};
use crate::durable::rsm::ReplyTo;
use crate::durable::{Completion, Refusal, Request, Timestamp, Turn};
use crate::planted::planted;

/// What instances are advanced in.
#[derive(Clone, Copy)]
pub(crate) struct World<'a> {
    pub(crate) program: &'a dyn Program,
    /// Engine time.
    pub(crate) now: Timestamp,
}

/// What one transition of one instance asks for; emptied by its shard afterwards.
#[derive(Debug, Default)]
pub(crate) struct Asks {
    /// Attempts to begin when this is durable (rule 15).
    pub(crate) starts: Vec<StartAttempt>,
    /// Attempts whose result is not wanted any more.
    pub(crate) cancels: Vec<u64>,
    pub(crate) messages: Vec<Message>,
    /// The turn of a machine or an entity that is over, and the room of what it asked for: the next one's.
    pub(crate) turn: Option<Box<Turn>>,
    pub(crate) arm: Vec<(Timestamp, u64)>,
    pub(crate) disarm: Vec<(Timestamp, u64)>,
    /// Wake it at this time for this operation's next attempt.
    pub(crate) remind: Vec<(Timestamp, u64)>,
    /// What clients are told who wait for a request, by its number.
    pub(crate) answers: Vec<(u64, Completion)>,
    /// It is over, or set aside: whoever waits for it is told.
    pub(crate) outcome: Option<WaitOver>,
    pub(crate) spare: Spare,
}

/// Memory of the last turn, for the next one.
#[derive(Debug, Default)]
pub(crate) struct Spare {
    requests: Vec<Request>,
    taken: Vec<(u64, Completion)>,
}

impl Spare {
    /// More than so many are not kept.
    const MAX: usize = 256;

    /// Lends it to a turn.
    pub(crate) fn lend(&mut self, turn: &mut Turn) {
        turn.requests = std::mem::take(&mut self.requests);
        turn.taken = std::mem::take(&mut self.taken);
    }

    /// Takes back the list of what a turn asked for.
    pub(crate) fn requests(&mut self, mut requests: Vec<Request>) {
        requests.clear();
        if requests.capacity() <= Spare::MAX {
            self.requests = requests;
        }
    }

    /// Takes back the list of what a turn has taken.
    pub(crate) fn taken(&mut self, mut taken: Vec<(u64, Completion)>) {
        taken.clear();
        if taken.capacity() <= Spare::MAX {
            self.taken = taken;
        }
    }
}

impl Asks {
    /// Answers what a machine was asked.
    pub(super) fn answer(&mut self, answers: impl Iterator<Item = (ReplyTo, Completion)>) {
        for (to, completion) in answers {
            if planted!(AnswerLost) {
                break;
            }
            self.messages.push(Message::Answer { to, completion });
        }
    }
}

/// What those who wait for an instance are told.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum WaitOver {
    Ended(Ending),
    Parked(Refusal),
}
