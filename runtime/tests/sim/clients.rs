//! The clients under simulation: what they asked, what they were told, what must therefore be true.

use std::collections::BTreeMap;

use undying::core::{Answer, Command, Number, Status};
use undying::durable::Refusal;

use crate::known::{Expected, Known, REASON};
use crate::once::Once;

/// All clients.
#[derive(Debug, Default)]
pub(crate) struct Clients {
    pub(crate) known: BTreeMap<String, Known>,
    pub(crate) once: Once,
    /// Questions not answered yet.
    open: BTreeMap<u64, Command>,
    next: u64,
    /// They raise no event of an instance before they are told of the last one: they may be told that
    /// it was not raised, and the next one is.
    waits: bool,
}

impl Clients {
    pub(crate) fn new(waits: bool) -> Self {
        Clients {
            waits,
            ..Clients::default()
        }
    }

    pub(crate) fn ask(&mut self, command: Command) -> (u64, Command) {
        self.next += 1;
        self.open.insert(self.next, command.clone());
        (self.next, command)
    }

    /// A deposit that is to be made once: a new one, or one that was asked for before.
    pub(crate) fn once(&mut self, kind: u64, coins: u64) -> (u64, Command) {
        let command = self.once.next(kind, coins);
        self.ask(command)
    }

    /// The first deposits.
    pub(crate) fn endow(&mut self) -> Vec<(u64, Command)> {
        let asked = self.once.endow();
        asked.into_iter().map(|command| self.ask(command)).collect()
    }

    /// Something about an instance that may be known.
    pub(crate) fn again(&mut self, id: String, kind: u64) -> (u64, Command) {
        let next = self.next + 1;
        let waits = self.waits && is_raised(&self.open, &id);
        let known = self.known.get_mut(&id).unwrap();
        if kind % 64 < 32
            && !waits
            && let Some(event) = known.next_event(&id)
        {
            return self.ask(event);
        }
        // Nobody would raise the events of one that begins anew.
        let lasts = known.runs_once();
        let is_moved = matches!(known.expected, Expected::Moved(..));
        let command = match kind % 20 {
            10 | 11 if is_moved => Command::Describe { id },
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
            let waits = self.waits && is_raised(&self.open, &id);
            while !waits && let Some(event) = known.next_event(&id) {
                commands.push(event);
                if known.acknowledged.is_some() || self.waits {
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

    /// Whether one that pays from purse 0 may have been ended between the two purses.
    pub(crate) fn pays_were_interrupted(&self) -> bool {
        let pays = |known: &&Known| matches!(&known.start, Command::Start { name, .. } if name.ends_with("pay"));
        let mut pays = self.known.values().filter(pays);
        pays.any(Known::was_interrupted)
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
                let panicked = matches!(
                    why,
                    Refusal::Panicked { .. }
                        | Refusal::Value { .. }
                        | Refusal::AnotherVersion { .. }
                );
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
            // Nothing was done. Later events were not raised before this answer.
            Answer::Busy { .. } => {
                if let Command::Raise {
                    value, key: None, ..
                } = command
                {
                    let event: u64 = value.read().unwrap();
                    known.raised = known.raised.min(event - 1);
                }
            }
            other => panic!("{command:?} is answered {other:?}"),
        }
        None
    }
}

/// Whether an event of this instance is being raised.
fn is_raised(open: &BTreeMap<u64, Command>, id: &str) -> bool {
    open.values()
        .any(|command| matches!(command, Command::Raise { id: of, .. } if of == id))
}
