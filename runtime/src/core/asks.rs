//! `Asks`: what a transition of an instance asks of its shard.

use rustc_hash::FxHashMap;

use super::message::Message;
use super::{Ending, Program, StartAttempt};
use crate::durable::rsm::ReplyTo;
use crate::durable::{Completion, Context, Refusal, Timestamp, Turn};
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
    /// A turn that is over, and the room of what it asked for: the next one's.
    pub(crate) turn: Option<Box<Turn>>,
    /// The room of what leaves with the calls of a turn.
    pub(super) leaving: Vec<(u64, Option<Message>)>,
    pub(crate) arm: Vec<(Timestamp, u64)>,
    pub(crate) disarm: Vec<(Timestamp, u64)>,
    /// Wake it at this time for this operation's next attempt.
    pub(crate) remind: Vec<(Timestamp, u64)>,
    /// What clients are told who wait for a request, by its number.
    pub(crate) answers: Vec<(u64, Completion)>,
    /// It is over, or set aside: whoever waits for it is told.
    pub(crate) outcome: Option<WaitOver>,
}

impl Asks {
    /// A turn with these completions, in the memory of the last one.
    pub(super) fn turn(
        &mut self,
        context: Context,
        next_operation: u64,
        completions: FxHashMap<u64, Completion>,
        under_way: usize,
    ) -> Box<Turn> {
        match self.turn.take() {
            Some(mut turn) => {
                turn.renew(context, next_operation, completions, under_way);
                turn
            }
            None => Box::new(Turn::new(context, next_operation, completions, under_way)),
        }
    }

    /// A turn is over, and all that it asked for was taken from it.
    pub(super) fn turn_is_over(&mut self, mut turn: Box<Turn>) {
        turn.clear();
        self.turn = Some(turn);
    }

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
