//! Requests of clients that have an idempotency key: done once, answered as often as they are asked.
//!
//! The key has a home, a partition as ids have one. There a row says which request the key stands
//! for and, once there is one, the answer (rules 13 and 14). The request goes on to its instance as
//! a message, and its answer comes back as one: so it is applied, answered and filed exactly once.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::format::{self, Unreadable};
use super::{Answer, Command, Status};
use crate::durable::{Completion, Refusal, Timestamp};
use crate::planted::planted;
use crate::schema::Stored;

/// What a client asks of an instance: as the client has it, or on its way to the instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Ask<'a> {
    Operate {
        entity: Cow<'a, str>,
        name: Cow<'static, str>,
        method: Cow<'static, str>,
        args: Cow<'a, Stored>,
        due: Option<Timestamp>,
        waits: bool,
    },
    Raise {
        id: Cow<'a, str>,
        name: Cow<'a, str>,
        value: Cow<'a, Stored>,
        early: bool,
        waits: bool,
    },
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Told {
    /// It was done.
    Done,
    /// The operation ended so.
    Operated(Completion),
    /// It waits for an instance that is parked.
    Parked(Refusal),
    /// The others: nothing was done, so the key is free again.
    NotFound,
    Busy(String),
    Invalid(String),
    WrongStatus(Status),
    MailboxFull(usize),
    Unreadable(String),
}

/// The row of an idempotency key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct OnceRow {
    /// The instance the request is for.
    pub(crate) target: String,
    /// The operation, or the event's name.
    pub(crate) what: Cow<'static, str>,
    /// A digest of the arguments and of what is not said above.
    digest: u128,
    /// When it was answered; until then, when it was asked.
    pub(crate) at: Timestamp,
    /// The answer: [`Told::Done`] or [`Told::Operated`].
    pub(crate) told: Option<Told>,
}

impl Ask<'_> {
    /// The instance it is for.
    pub(crate) fn target(&self) -> &str {
        match self {
            Ask::Operate { entity, .. } => entity,
            Ask::Raise { id, .. } => id,
        }
    }

    /// Its arguments.
    pub(crate) fn args(&self) -> &Stored {
        match self {
            Ask::Operate { args, .. } => args,
            Ask::Raise { value, .. } => value,
        }
    }

    fn what(&self) -> Cow<'static, str> {
        match self {
            Ask::Operate { method, .. } => method.clone(),
            Ask::Raise { name, .. } => Cow::Owned(name.to_string()),
        }
    }

    /// Whether the answer is what comes of it, not that it was taken.
    pub(crate) fn waits(&self) -> bool {
        match self {
            Ask::Operate { waits, .. } | Ask::Raise { waits, .. } => *waits,
        }
    }

    /// When a signal is due is no part of it: a repeated one may be given another time.
    fn digest(&self) -> u128 {
        let kind = match self {
            Ask::Operate { waits: true, .. } => 0,
            Ask::Operate { waits: false, .. } => 1,
            Ask::Raise { waits: true, .. } => 3,
            Ask::Raise { waits: false, .. } => 2,
        };
        let args = self.args();
        xxhash_rust::xxh3::xxh3_128_with_seed(&args.bytes, args.schema.0 ^ kind)
    }
}

impl Ask<'_> {
    /// The same, to be sent.
    pub(crate) fn into_owned(self) -> Ask<'static> {
        match self {
            Ask::Operate {
                entity,
                name,
                method,
                args,
                due,
                waits,
            } => Ask::Operate {
                entity: Cow::Owned(entity.into_owned()),
                name,
                method,
                args: Cow::Owned(args.into_owned()),
                due,
                waits,
            },
            Ask::Raise {
                id,
                name,
                value,
                early,
                waits,
            } => Ask::Raise {
                id: Cow::Owned(id.into_owned()),
                name: Cow::Owned(name.into_owned()),
                value: Cow::Owned(value.into_owned()),
                early,
                waits,
            },
        }
    }
}

impl Command {
    /// The request that it is, if it is one, and its idempotency key.
    pub(crate) fn request(&self) -> Option<(Ask<'_>, Option<&str>)> {
        match self {
            Command::Operate {
                entity,
                name,
                method,
                args,
                due,
                waits,
                key,
            } => {
                let ask = Ask::Operate {
                    entity: Cow::Borrowed(entity),
                    name: name.clone(),
                    method: method.clone(),
                    args: Cow::Borrowed(args),
                    due: *due,
                    waits: *waits,
                };
                Some((ask, key.as_deref()))
            }
            Command::Raise {
                id,
                name,
                value,
                early,
                waits,
                key,
            } => {
                let ask = Ask::Raise {
                    id: Cow::Borrowed(id),
                    name: Cow::Borrowed(name),
                    value: Cow::Borrowed(value),
                    early: *early,
                    waits: *waits,
                };
                Some((ask, key.as_deref()))
            }
            _ => None,
        }
    }
}

impl Told {
    /// Whether the request was done, so that this is its answer for good.
    pub(crate) fn is_final(&self) -> bool {
        matches!(self, Told::Done | Told::Operated(_))
    }

    /// Whether the key stands for the request from now on: it is done, or waits.
    pub(crate) fn stays(&self) -> bool {
        self.is_final() || matches!(self, Told::Parked(_))
    }

    pub(crate) fn bytes(&self) -> usize {
        match self {
            Told::Operated(completion) => completion.bytes(),
            _ => 0,
        }
    }
}

impl From<Answer> for Told {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Done => Told::Done,
            Answer::Operated(completion) => Told::Operated(completion),
            Answer::Parked(why) => Told::Parked(why),
            Answer::NotFound => Told::NotFound,
            Answer::Busy { why } => Told::Busy(why),
            Answer::Invalid { why } => Told::Invalid(why),
            Answer::WrongStatus { status } => Told::WrongStatus(status),
            Answer::MailboxFull { events } => Told::MailboxFull(events),
            other => Told::Invalid(format!("an answer to another question: {other:?}")),
        }
    }
}

impl From<Told> for Answer {
    fn from(told: Told) -> Self {
        match told {
            Told::Done => Answer::Done,
            Told::Operated(completion) => Answer::Operated(completion),
            Told::Parked(why) => Answer::Parked(why),
            Told::NotFound => Answer::NotFound,
            Told::Busy(why) => Answer::Busy { why },
            Told::Invalid(why) => Answer::Invalid { why },
            Told::WrongStatus(status) => Answer::WrongStatus { status },
            Told::MailboxFull(events) => Answer::MailboxFull { events },
            Told::Unreadable(why) => Answer::Parked(Refusal::Unreadable { why }),
        }
    }
}

impl OnceRow {
    pub(crate) fn asked(ask: &Ask<'_>, now: Timestamp) -> Self {
        OnceRow {
            target: ask.target().to_owned(),
            what: ask.what(),
            digest: ask.digest(),
            at: now,
            told: None,
        }
    }

    /// What comes of it, for good.
    pub(crate) fn answer(&mut self, told: Told, now: Timestamp) {
        self.at = now;
        self.told = Some(told).filter(|_| !planted!(AnswerForgotten));
    }

    /// Whether it is the row of this very request.
    pub(crate) fn is_of(&self, ask: &Ask<'_>) -> bool {
        (&*self.target, &self.what, self.digest) == (ask.target(), &ask.what(), ask.digest())
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        format::write_behind(out, self);
    }

    pub(crate) fn read(row: &[u8]) -> Result<Self, Unreadable> {
        format::read(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raise(waits: bool, n: u64) -> Ask<'static> {
        Ask::Raise {
            id: "one".into(),
            name: "paid".into(),
            value: Cow::Owned(Stored::write(&n).unwrap()),
            early: false,
            waits,
        }
    }

    #[test]
    fn what_a_request_is_told_is_the_same_with_a_key_as_without() {
        let why = || "too much".to_owned();
        let stuck = Refusal::Unreadable { why: why() };
        let answers = [
            Answer::Done,
            Answer::Operated(Completion::Value(Stored::write(&7u64).unwrap())),
            Answer::Parked(stuck),
            Answer::NotFound,
            Answer::Busy { why: why() },
            Answer::Invalid { why: why() },
            Answer::WrongStatus {
                status: Status::Completed,
            },
            Answer::MailboxFull { events: 9 },
        ];
        for answer in answers {
            let row = format::write(&Told::from(answer.clone()));
            let told: Told = format::read(&row).unwrap();
            assert_eq!(Answer::from(told), answer);
        }
        let unreadable = Answer::from(Told::Unreadable(why()));
        assert!(matches!(
            unreadable,
            Answer::Parked(Refusal::Unreadable { .. })
        ));
    }

    #[test]
    fn asking_is_another_request_than_telling_and_other_arguments_are_another_one() {
        let row = OnceRow::asked(&raise(true, 7), Timestamp(0));
        assert!(row.is_of(&raise(true, 7)));
        assert!(!row.is_of(&raise(false, 7)));
        assert!(!row.is_of(&raise(true, 8)));
    }
}
