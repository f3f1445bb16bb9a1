//! An instance as its client knows it, and what must therefore be true of it.

use undying::core::{Command, Ending, Number};
use undying::schema::Stored;

use crate::support::events::AGAIN;
use crate::support::failing::Refused;

/// An instance as its client knows it.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) start: Command,
    pub(crate) expected: Expected,
    /// The events 1, 2, 3, .. that were raised so far. Their answers are not waited for.
    pub(crate) raised: u64,
    /// How often it was rewound, as far as is known.
    pub(crate) rewound: u64,
    /// Nobody knows whether one of them arrived: it was raised again.
    pub(crate) raised_again: bool,
    /// They have idempotency keys: so many were acknowledged, and one at a time is raised, as often
    /// as it takes.
    pub(crate) acknowledged: Option<u64>,
    /// What was told: it must stay so.
    pub(crate) number: Option<Number>,
    pub(crate) ending: Option<Ending>,
    /// A cancel was asked for; a termination was.
    pub(crate) cancelled: bool,
    pub(crate) terminated: bool,
    pub(crate) parked: bool,
    /// It may have been purged, and begun again: another number may follow.
    pub(crate) replaceable: bool,
    /// The last question that lets it go on, if it is suspended.
    pub(crate) resumed: u64,
    /// It was suspended, and nobody has asked to resume it since: it cannot advance.
    pub(crate) held: bool,
    /// It signals numbers up to this one to this purse.
    pub(crate) told: Option<(u64, u64)>,
}

/// Why operators terminate.
pub(crate) const REASON: &str = "the operator";

/// What it must come to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Expected {
    Exactly(u64),
    /// The same of what is never started again: its child would miss the events of the first.
    Lasting(u64),
    /// The same, or it fails because its activities did.
    Paid(u64),
    AtLeast(u64),
    Either(u64, u64),
    Between(u64, u64),
    /// So much for each run: it may be started again.
    Multiple(u64),
    /// It takes so many events, and counts what came again.
    Events(u64),
    /// It moves so many coins on this route, or none. Nobody ends it early or begins it again.
    Moved(u64, u64),
}

impl Known {
    /// Nothing was told of it so far. Its events have idempotency keys, or not.
    pub(crate) fn new(start: Command, expected: Expected, keys: bool) -> Self {
        Known {
            start,
            expected,
            raised: 0,
            rewound: 0,
            raised_again: false,
            acknowledged: keys.then_some(0),
            number: None,
            ending: None,
            cancelled: false,
            terminated: false,
            parked: false,
            replaceable: false,
            resumed: 0,
            held: false,
            told: None,
        }
    }

    /// The route it moved coins on, and how many.
    pub(crate) fn moved(&self) -> Option<(u64, u64)> {
        let Expected::Moved(route, _) = self.expected else {
            return None;
        };
        match &self.ending {
            Some(Ending::Completed(value)) => Some((route, value.read().unwrap())),
            _ => None,
        }
    }

    /// Whether nobody may end it early or begin it again.
    pub(crate) fn runs_once(&self) -> bool {
        matches!(
            self.expected,
            Expected::Events(_) | Expected::Lasting(_) | Expected::Moved(..)
        )
    }

    /// Whether it may have been ended early.
    pub(crate) fn was_interrupted(&self) -> bool {
        self.cancelled || self.terminated
    }

    /// The next event to raise, once it is known to be there.
    pub(crate) fn next_event(&mut self, id: &str) -> Option<Command> {
        let Expected::Events(last) = self.expected else {
            return None;
        };
        self.number?;
        if let Some(acknowledged) = self.acknowledged {
            self.raised = acknowledged;
        }
        (self.raised < last).then(|| {
            self.raised += 1;
            let key = self.acknowledged.map(|_| format!("{id}#{}", self.raised));
            Command::Raise {
                id: id.to_owned(),
                name: "a".to_owned(),
                value: Stored::write(&self.raised).unwrap(),
                early: false,
                waits: false,
                key,
            }
        })
    }

    /// Whether it must be there.
    pub(crate) fn stays(&self) -> bool {
        !self.replaceable
    }

    pub(crate) fn is_done(&self) -> bool {
        self.ending.is_some() && !self.has_failed()
    }

    /// It failed because its activities did: it is rewound until they do not.
    pub(crate) fn has_failed(&self) -> bool {
        matches!(self.ending, Some(Ending::Error(_)))
    }

    pub(crate) fn rewind(&self, id: String) -> Command {
        Command::Rewind {
            id,
            reason: REASON.to_owned(),
            count: self.rewound,
        }
    }

    pub(crate) fn is(&mut self, number: Number) {
        let known = *self.number.get_or_insert(number);
        if self.replaceable && number > known {
            self.number = Some(number);
            self.ending = None;
            self.held = false;
            return;
        }
        assert_eq!(known, number, "an accepted instance stays the same one");
    }

    pub(crate) fn ended(&mut self, id: &str, ending: Ending) {
        let lasts = |_: &&Ending| !self.replaceable && !self.has_failed();
        if let Some(before) = self.ending.as_ref().filter(lasts) {
            if matches!(ending, Ending::Error(_)) {
                // It was asked for before the instance was rewound.
                return;
            }
            assert_eq!(*before, ending, "a result that was told stays the same");
            return;
        }
        match &ending {
            Ending::Completed(value) => {
                let value: u64 = match self.expected {
                    Expected::Paid(_) => value.read::<Result<u64, Refused>>().unwrap().unwrap(),
                    _ => value.read().unwrap(),
                };
                let right = match self.expected {
                    Expected::Exactly(expected)
                    | Expected::Paid(expected)
                    | Expected::Lasting(expected) => value == expected,
                    Expected::AtLeast(least) => value >= least,
                    Expected::Multiple(of) => {
                        // A run that was ended early has told a part.
                        let parts = self.terminated || self.cancelled;
                        value >= of && (parts || value.is_multiple_of(of.max(1)))
                    }
                    Expected::Moved(_, coins) => value == coins || value == 0,
                    Expected::Between(least, most) => (least..=most).contains(&value),
                    Expected::Either(one, other) => value == one || value == other,
                    Expected::Events(last) => {
                        value % AGAIN == last && (value == last || self.raised_again)
                    }
                };
                assert!(right, "{id} returned {value}: {self:?}");
                assert!(!self.held, "{id} advanced while it was suspended");
            }
            Ending::Cancelled => assert!(self.cancelled, "{id} was cancelled by nobody"),
            Ending::Terminated { reason } => {
                assert!(self.terminated, "{id} was terminated by nobody");
                assert_eq!(reason, REASON);
            }
            Ending::Error(value) => {
                let fails = matches!(self.expected, Expected::Paid(_));
                assert!(fails, "{id} failed: {value:?}");
            }
            Ending::Failed(failure) => panic!("{id} failed: {failure}"),
        }
        self.ending = Some(ending);
    }
}
