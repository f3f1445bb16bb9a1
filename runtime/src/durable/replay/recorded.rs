//! `Recorded`: one turn as a recording keeps it, and whether a turn is the same again.

use std::task::Poll;

use serde::{Deserialize, Serialize};

use super::step::Step;
use crate::durable::{Completion, Context, Mailbox, Refusal, Timestamp, Turn};
use crate::schema::{SchemaId, Stored};

/// What a turn was given, what it took of that, and what it asked for.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Recorded {
    pub(super) now: Timestamp,
    /// The number of its first operation. Events are numbered too, so there are gaps.
    pub(super) first: u64,
    /// Operations under way at its beginning: a call beyond the limit fails at once.
    under_way: u64,
    /// The completions that it took, or gave up. What it did not look at is not part of it.
    taken: Vec<(u64, Completion)>,
    /// The events that it took, by who waited for them.
    events: Vec<(u64, Stored)>,
    pub(super) steps: Vec<Step>,
}

/// A turn as it begins.
pub(super) struct Begun {
    now: Timestamp,
    first: u64,
    under_way: usize,
    status: Option<String>,
}

impl Begun {
    pub(super) fn of(turn: &Turn) -> Begun {
        Begun {
            now: turn.context.now,
            first: turn.next_operation,
            under_way: turn.under_way,
            status: turn.context.status.clone(),
        }
    }

    /// What became of it.
    pub(super) fn recorded(self, turn: &Turn) -> Recorded {
        // What a turn completes itself it completes again.
        let taken = turn.taken.iter().filter(|(of, _)| *of < self.first);
        let events = turn.mailbox.taken();
        Recorded {
            now: self.now,
            first: self.first,
            under_way: self.under_way as u64,
            taken: taken.cloned().collect(),
            events: events.map(|(of, value)| (of, value.clone())).collect(),
            steps: Step::all(turn, self.status.as_deref()),
        }
    }
}

impl Recorded {
    /// The turn anew, with what was taken of what it was given.
    pub(super) fn again(&mut self, of: &Context, status: Option<String>) -> Turn {
        let context = Context::new(of.instance_id.clone(), of.number, self.now, status)
            .of_version(of.version.clone());
        let completions = self.taken.drain(..).collect();
        let under_way = usize::try_from(self.under_way).unwrap_or(usize::MAX);
        let mailbox = Mailbox::given(self.events.drain(..));
        Turn::new(context, self.first, completions, under_way).with_mailbox(mailbox)
    }

    /// The schemas of the values in it.
    pub(super) fn schemas(&self) -> impl Iterator<Item = SchemaId> {
        let taken = self.taken.iter().filter_map(|(_, taken)| match taken {
            Completion::Value(value) => Some(value),
            Completion::Failed(_) => None,
        });
        let events = self.events.iter().map(|(_, value)| value);
        let said = self.steps.iter().filter_map(Step::value);
        taken.chain(events).chain(said).map(|value| value.schema)
    }

    /// Whether the turn that was made anew has done the same; `before` steps came before it.
    pub(super) fn compare<T>(
        &self,
        (body, before): (&str, u64),
        turn: &Turn,
        status: Option<&str>,
        polled: &Poll<T>,
    ) -> Result<(), Refusal> {
        let diverged = |index: usize, expected: String, actual: String| {
            Err(Refusal::Diverged {
                body: body.to_owned(),
                step: before + index as u64 + 1,
                expected,
                actual,
            })
        };
        let actual = Step::all(turn, status);
        let end = self.steps.len().max(actual.len());
        let differs = (0..end).find(|index| self.steps.get(*index) != actual.get(*index));
        let ended = || match (&turn.unsaid, &turn.again) {
            (Some(failure), _) => Some(format!("a failure: {failure}")),
            (None, Some(_)) => Some("beginning again".to_owned()),
            (None, None) => polled.is_ready().then(|| "its end".to_owned()),
        };
        let waits = || "an `.await` that waits".to_owned();
        if let Some(index) = differs {
            let expected = self.steps.get(index).map_or_else(waits, Step::to_string);
            let actual = actual.get(index).map(Step::to_string).or_else(ended);
            return diverged(index, expected, actual.unwrap_or_else(waits));
        }
        if let Some(ended) = ended() {
            return diverged(end, waits(), ended);
        }
        let left = turn.completions.keys().filter(|of| **of < self.first);
        let left = left.copied().chain(turn.mailbox.left_of_given()).min();
        match left {
            None => Ok(()),
            Some(of) => diverged(
                end,
                format!("taking the result of operation {of}"),
                "an `.await` that does not take it".to_owned(),
            ),
        }
    }
}
