//! The clients under simulation: what they asked, what they were told, what must therefore be true.

use std::collections::BTreeMap;

use undying::__private::Arg;
use undying::core::{Answer, Command, Ending, Number, Status, Tags};
use undying::durable::{Named, OrchestrationCall, Refusal};
use undying::schema::Stored;

use crate::once::Once;
use crate::support::bodies::{Chain, Family, Fan, Impatient, Nap, RETENTION, Relay, Tasks};
use crate::support::entities::{Pay, Tell};
use crate::support::events::{AGAIN, ChatterCall, HeraldCall, InboxCall, PatientCall, RoundsCall};
use crate::support::failing::{BuysCall, DelegatesCall, Refused};
use crate::support::locks::{ExclusiveCall, HastyCall, SignalsFirstCall};
use crate::support::machines::{RingsCall, TICKS, WorksCall};
use crate::support::replayed::{
    ReplayedChainCall, ReplayedChatterCall, ReplayedHastyCall, ReplayedInboxCall, ReplayedMixCall,
    ReplayedPatientCall, ReplayedPayCall, ReplayedRoundsCall, ReplayedTellCall,
};
use crate::support::sagas::{RegretsCall, regretted};

/// An instance as its client knows it.
#[derive(Debug)]
pub(crate) struct Known {
    start: Command,
    expected: Expected,
    /// The events 1, 2, 3, .. that were raised so far. Their answers are not waited for.
    raised: u64,
    /// How often it was rewound, as far as is known.
    rewound: u64,
    /// Nobody knows whether one of them arrived: it was raised again.
    raised_again: bool,
    /// They have idempotency keys: so many were acknowledged, and one at a time is raised, as often
    /// as it takes.
    acknowledged: Option<u64>,
    /// What was told: it must stay so.
    number: Option<Number>,
    ending: Option<Ending>,
    /// A cancel was asked for; a termination was.
    cancelled: bool,
    terminated: bool,
    parked: bool,
    /// It may have been purged, and begun again: another number may follow.
    replaceable: bool,
    /// The last question that lets it go on, if it is suspended.
    resumed: u64,
    /// It was suspended, and nobody has asked to resume it since: it cannot advance.
    held: bool,
}

/// Why operators terminate.
const REASON: &str = "the operator";

#[derive(Debug, Clone, Copy)]
enum Expected {
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
}

/// All clients.
#[derive(Debug, Default)]
pub(crate) struct Clients {
    pub(crate) known: BTreeMap<String, Known>,
    pub(crate) once: Once,
    /// Questions not answered yet.
    open: BTreeMap<u64, Command>,
    next: u64,
}

impl Clients {
    fn ask(&mut self, command: Command) -> (u64, Command) {
        self.next += 1;
        self.open.insert(self.next, command.clone());
        (self.next, command)
    }

    /// A new orchestration of a random kind.
    pub(crate) fn start(&mut self, kind: u64, size: u64) -> (u64, Command) {
        let id = format!("i{}", self.known.len());
        // Purse 0 is the one that is paid from.
        let own = self.known.len() as u64 + 1;
        let (name, args, expected) = match kind % 31 {
            18 => call::<BuysCall>(size, 1, Expected::Paid(size + 1)),
            19 => call::<DelegatesCall>(size % 3, 2, Expected::Paid(size % 3 + 2)),
            0 => call::<Chain>(size, 7, Expected::Exactly(size + 7)),
            1 => call::<Fan>(
                size * 9,
                0,
                Expected::Exactly(size * 9 * (size * 9 + 1) / 2),
            ),
            2 => {
                let time = if size == 5 { 250_000 } else { size * 37 };
                call::<Nap>(time, 0, Expected::AtLeast(time))
            }
            3 => {
                let (depth, width) = (size % 3, size % 4);
                let nodes = (0..=depth).map(|level| width.pow(level as u32)).sum();
                call::<Family>(depth, width, Expected::Exactly(nodes))
            }
            4 => call::<Impatient>(size % 3, size * 20, {
                Expected::Either((1 << (size % 3 + 1)) - 1, 0)
            }),
            9 => call::<InboxCall>(size, 0, Expected::Events(size)),
            10 => call::<PatientCall>(size, 15, Expected::Events(size)),
            11 => call::<RoundsCall>(0, size, Expected::Events(size)),
            13 => call::<HeraldCall>(size * 2, size * 7, Expected::Lasting(size * 2)),
            12 => call::<ChatterCall>(size * 2, 0, Expected::Exactly(size * 2)),
            14 | 15 => call::<ExclusiveCall>(kind / 18 % 64, size % 4, Expected::Exactly(size % 4)),
            16 => {
                let (seed, rounds) = (kind / 18 % 64, size % 4);
                let entered = Expected::Between(rounds * 100, rounds * 101);
                match seed % 2 {
                    0 => call::<HastyCall>(seed, rounds, entered),
                    _ => call::<ReplayedHastyCall>(seed, rounds, entered),
                }
            }
            17 => {
                let coins = (size + 1) * 20;
                call::<SignalsFirstCall>(self.known.len() as u64, coins, Expected::Multiple(coins))
            }
            5 => call::<Relay>(size * 2, 1, Expected::Exactly(size * 2 + 1)),
            7 => {
                // Its own entity: what it told it has arrived once, and in order, when it looks.
                let coins = size * (size + 1) / 2;
                call::<Tell>(own, size, Expected::Multiple(coins))
            }
            21 => call::<ReplayedChainCall>(size * 2, 7, Expected::Exactly(size * 2 + 7)),
            22 => call::<ReplayedMixCall>(size, size * 7, Expected::Exactly(size * 20)),
            23 => call::<ReplayedPayCall>(1_000, size, Expected::Either(0, size)),
            24 => {
                let coins = size * (size + 1) / 2;
                call::<ReplayedTellCall>(own, size, Expected::Multiple(coins))
            }
            25 => call::<ReplayedInboxCall>(size, 0, Expected::Events(size)),
            26 => call::<ReplayedPatientCall>(size, 15, Expected::Events(size)),
            27 => call::<ReplayedRoundsCall>(0, size, Expected::Events(size)),
            // Its purse was told of each compensation once, the last step's first.
            28 => call::<RegretsCall>(50_000 + own, size, Expected::Lasting(regretted(size))),
            20 => call::<ReplayedChatterCall>(size * 2, 0, Expected::Exactly(size * 2)),
            29 => call::<RingsCall>(size % 4, size * 3, Expected::Exactly(size * 3)),
            30 => call::<WorksCall>(size, size / 2, Expected::Exactly(size + TICKS)),
            8 => call::<Pay>(1_000, size, Expected::Either(0, size)),
            _ => call::<Tasks>(size * 3, size % 3, {
                Expected::Exactly(size * 3 * (size * 3 + 1) / 2)
            }),
        };
        let replaceable = name == "relay" && RETENTION.get().is_some();
        let start = Command::Start {
            id: id.clone(),
            name,
            args,
            tags: Tags::new(),
            replaces: None,
        };
        let known = Known {
            start: start.clone(),
            expected,
            raised: 0,
            rewound: 0,
            raised_again: false,
            acknowledged: self.known.len().is_multiple_of(2).then_some(0),
            number: None,
            ending: None,
            cancelled: false,
            terminated: false,
            parked: false,
            // These are purged a while after they ended.
            replaceable,
            resumed: 0,
            held: false,
        };
        self.known.insert(id, known);
        self.ask(start)
    }

    /// A deposit that is to be made once: a new one, or one that was asked for before.
    pub(crate) fn once(&mut self, kind: u64, coins: u64) -> (u64, Command) {
        let command = self.once.next(kind, coins);
        self.ask(command)
    }

    /// Something about an instance that may be known.
    pub(crate) fn again(&mut self, id: String, kind: u64) -> (u64, Command) {
        let next = self.next + 1;
        let known = self.known.get_mut(&id).unwrap();
        if kind % 64 < 32
            && let Some(event) = known.next_event(&id)
        {
            return self.ask(event);
        }
        // Nobody would raise the events of one that begins anew.
        let lasts = matches!(known.expected, Expected::Events(_) | Expected::Lasting(_));
        let command = match kind % 20 {
            16..19 if lasts => Command::Result { id },
            0..4 => known.start.clone(),
            4..8 => Command::Result { id },
            8..10 => Command::Describe { id },
            10 => {
                known.cancelled = true;
                Command::Cancel { id }
            }
            11 => {
                known.terminated = true;
                let reason = REASON.to_owned();
                Command::Terminate { id, reason }
            }
            12 | 13 => Command::Suspend {
                id,
                reason: REASON.to_owned(),
            },
            14 | 15 => {
                known.resumed = next;
                known.held = false;
                Command::Resume { id }
            }
            16 | 17 => {
                known.replaceable = true;
                let number = known.number.filter(|_| kind % 40 < 20);
                Command::Purge { id, number }
            }
            19 if known.has_failed() => known.rewind(id),
            18 if let Some(number) = known.number => {
                known.replaceable = true;
                Command::Restart { id, number }
            }
            _ => Command::Retry { id },
        };
        self.ask(command)
    }

    /// Starts again what was never answered, asks for the result of what has not ended and lets go
    /// on what is parked.
    pub(crate) fn insist(&mut self) -> Vec<(u64, Command)> {
        let mut commands = Vec::new();
        for (id, known) in &mut self.known {
            let id = id.clone();
            if known.is_done() {
                continue;
            }
            if known.has_failed() {
                commands.push(known.rewind(id.clone()));
            }
            commands.push(known.start.clone());
            // After all that was asked before.
            known.resumed = u64::MAX;
            known.held = false;
            commands.push(Command::Resume { id: id.clone() });
            while let Some(event) = known.next_event(&id) {
                commands.push(event);
                if known.acknowledged.is_some() {
                    break;
                }
            }
            if std::mem::take(&mut known.parked) {
                commands.push(Command::Retry { id: id.clone() });
            }
            commands.push(Command::Result { id });
        }
        commands.extend(self.once.insist());
        commands
            .into_iter()
            .map(|command| self.ask(command))
            .collect()
    }

    /// The questions nobody will answer any more: the engine asks them again of its next life, a
    /// client of a process that died does not.
    pub(crate) fn unanswered(&mut self) -> Vec<(u64, Command)> {
        std::mem::take(&mut self.open).into_iter().collect()
    }

    /// The process died, and with it who asked. What was not acknowledged is raised again.
    pub(crate) fn forget(&mut self) {
        for (_, command) in self.unanswered() {
            if let Command::Raise {
                id,
                value,
                key: None,
                ..
            } = command
            {
                let known = self.known.get_mut(&id).unwrap();
                let event: u64 = value.read().unwrap();
                known.raised = known.raised.min(event - 1);
                known.raised_again = true;
            }
        }
    }

    pub(crate) fn reopen(&mut self, questions: Vec<(u64, Command)>) {
        self.open.extend(questions);
    }

    /// Whether every instance has ended, as far as the clients were told.
    pub(crate) fn are_done(&self) -> bool {
        self.known.values().all(Known::is_done) && self.once.are_done()
    }

    /// Every question that was not lost with its process has its answer (rule 12).
    pub(crate) fn check_answers(&self) {
        assert!(self.open.is_empty(), "never answered: {:?}", self.open);
    }

    /// Returns the number of an instance that has been purged.
    pub(crate) fn told(&mut self, question: u64, answer: Answer) -> Option<Number> {
        // The operator asks without a number.
        if question == 0 {
            return None;
        }
        let command = self
            .open
            .remove(&question)
            .expect("a question is answered once");
        if let Command::Operate { key: Some(key), .. } = &command {
            self.once.told(key, answer);
            return None;
        }
        let id = command.id()?;
        let known = self.known.get_mut(id).unwrap();
        match answer {
            Answer::Started { number, .. } => known.is(number),
            Answer::Description(of) => {
                assert_eq!(of.id, *id);
                known.is(of.number);
                let over = known.held && of.status == Status::Completed;
                assert!(!over, "{id} advanced while it was suspended");
            }
            Answer::NotFound => {
                let gone = known.number.is_none() || known.replaceable;
                assert!(gone, "{id} was accepted and is not there");
                known.ending = None;
            }
            Answer::Ended(ending) => known.ended(id, ending),
            Answer::Parked(why) => {
                let panicked = matches!(why, Refusal::Panicked { .. } | Refusal::Value { .. });
                assert!(panicked, "{id} is parked: {why}");
                known.parked = true;
            }
            Answer::Done => match command {
                Command::Suspend { .. } => known.held = known.resumed < question,
                Command::Raise {
                    value,
                    key: Some(_),
                    ..
                } => {
                    let event: u64 = value.read().unwrap();
                    known.acknowledged = known.acknowledged.max(Some(event));
                }
                Command::Rewind { count, .. } => {
                    known.rewound = known.rewound.max(count + 1);
                    known.ending = None;
                }
                Command::Purge { .. } => {
                    known.ending = None;
                    known.held = false;
                    return known.number;
                }
                _ => {}
            },
            Answer::WrongStatus { status } => match command {
                Command::Suspend { .. } | Command::Resume { .. } | Command::Raise { .. } => {
                    assert!(status.has_ended());
                }
                // It was rewound before, or what failed has begun again.
                Command::Rewind { .. } => {}
                _ => assert!(!status.has_ended(), "{id} can be purged"),
            },
            other => panic!("{command:?} is answered {other:?}"),
        }
        None
    }
}

impl Known {
    /// The next event to raise, once it is known to be there.
    fn next_event(&mut self, id: &str) -> Option<Command> {
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
    fn has_failed(&self) -> bool {
        matches!(self.ending, Some(Ending::Error(_)))
    }

    fn rewind(&self, id: String) -> Command {
        Command::Rewind {
            id,
            reason: REASON.to_owned(),
            count: self.rewound,
        }
    }

    fn is(&mut self, number: Number) {
        let known = *self.number.get_or_insert(number);
        if self.replaceable && number > known {
            self.number = Some(number);
            self.ending = None;
            self.held = false;
            return;
        }
        assert_eq!(known, number, "an accepted instance stays the same one");
    }

    fn ended(&mut self, id: &str, ending: Ending) {
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

fn call<O: OrchestrationCall<Args = (Arg<u64>, Arg<u64>)>>(
    a: u64,
    b: u64,
    expected: Expected,
) -> (String, Stored, Expected) {
    let args = Named::<O>((Arg(a), Arg(b)));
    (O::NAME.to_owned(), Stored::write(&args).unwrap(), expected)
}
