//! Who looks on while a program of machines runs: what their logs and mailboxes say after every commit must be a run of
//! the model.

use std::collections::BTreeMap;
use std::sync::Arc;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use undying::core::standing::{Request, Stage, Standing, Word};
use undying::core::{Answer, Command, Outcome, Program, StartAttempt, Tags};
use undying::durable::Entry;
use undying::durable::rsm::{Chart, Does, RsmRef};
use undying::schema::Stored;

use super::behaviour::NAMED;
use super::bodies::{Event, Init, Random, Told, named};
use super::charts::EVENTS;
use super::run;
use super::spec::{Done, Sent, place, verdict};
use crate::functions::{Book, noted};
use crate::invariants::Invariants;
use crate::items::Items;
use crate::world::Observer;

/// See the module.
pub struct Watched {
    chart: &'static Chart,
    class: u64,
    begun: BTreeMap<String, u64>,
    clients: Vec<Sent>,
    pub invariants: Invariants,
    /// How many events were handled, as far as it is known.
    pub handled: usize,
    /// Changes what is known of the machines before it is checked, if it can: then that must be refused.
    pub tampers: Option<fn(&mut Known) -> bool>,
    pub refused: Option<bool>,
}

/// What is known of all machines.
#[derive(Debug, Default)]
pub struct Known {
    /// Their names and logs.
    pub logs: BTreeMap<String, Vec<String>>,
    /// The tags of events that wait or are on their way.
    pub waiting: Vec<String>,
}

pub fn items<const S: u64>() -> Arc<dyn Program> {
    Items::of([
        Entry::rsm::<Random<S>>(file!(), line!()),
        Entry::entity::<Book>(file!(), line!()),
    ])
}

/// What clients ask of machines of a chart, and who looks on.
pub fn program<const S: u64>(seed: u64, chart: &'static Chart) -> (Vec<Vec<Command>>, Watched) {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut watched = Watched {
        chart,
        class: S,
        begun: BTreeMap::new(),
        clients: Vec::new(),
        invariants: Invariants::default(),
        handled: 0,
        tampers: None,
        refused: None,
    };
    let mut clients = vec![Vec::new(), Vec::new()];
    for nth in 0..NAMED {
        let (name, fuel) = (named(nth), rng.random_range(1..3));
        watched.begun.insert(name.clone(), fuel);
        clients[rng.random_range(0..2)].push(Command::Start {
            id: RsmRef::<Random<S>>::named(&name).id().to_owned(),
            name: "random".to_owned(),
            args: Stored::write(&Init { name, fuel }).expect("an init"),
            tags: Tags::new(),
            replaces: None,
        });
    }
    for nth in 0..rng.random_range(3..8) {
        let to = named(rng.random_range(0..NAMED));
        let tag = format!("c{nth}>{to}#0");
        let (event, fuel) = (EVENTS[rng.random_range(0..3)], rng.random_range(0..4));
        let value = Event::<0> {
            tag: tag.clone(),
            fuel,
        };
        clients[rng.random_range(0..2)].push(Command::Raise {
            id: RsmRef::<Random<S>>::named(&to).id().to_owned(),
            name: event.to_owned(),
            value: Stored::write(&value).expect("an event"),
            early: true,
            waits: false,
            key: Some(tag.clone()),
        });
        let event = event.to_owned();
        watched.clients.push(Sent {
            tag,
            event,
            fuel,
            by: 0,
        });
    }
    (clients, watched)
}

impl Known {
    /// What the rows say.
    fn of(standing: &Standing) -> Known {
        let mut known = Known::default();
        for one in standing.instances.values() {
            for (_, value) in one.events.values() {
                known.waiting.push(tag(value));
            }
            one.requests
                .values()
                .for_each(|request| known.buried(request));
            let Stage::Waits(Some(fields)) = &one.stage else {
                continue;
            };
            match &*one.name {
                "random" => {
                    let told: Told = fields.read().expect("a machine");
                    known.logs.insert(told.name, told.log);
                }
                _ => {
                    let book: Book = fields.read().expect("a book");
                    book.log.iter().for_each(|log| known.grave(log));
                }
            }
        }
        for word in standing.messages.values() {
            match word {
                Word::Event { value, .. } => known.waiting.push(tag(value)),
                Word::Operate { request, .. } => known.buried(request),
                _ => {}
            }
        }
        known
    }

    fn buried(&mut self, request: &Request) {
        self.grave(&noted(request));
    }

    /// The log of a machine that has halted.
    fn grave(&mut self, log: &str) {
        let mut lines = log.lines().map(str::to_owned);
        let name = lines.next().unwrap_or_default();
        let twice = self.logs.insert(name, lines.collect());
        assert!(twice.is_none(), "{log} is told twice");
    }

    fn replayed(&self, chart: &'static Chart, class: u64) -> Result<Vec<Done<'_>>, String> {
        let logs = self.logs.iter();
        logs.map(|(name, log)| Done::replay(chart, class, name, log))
            .collect()
    }
}

fn tag(value: &Stored) -> String {
    value.read::<Event<0>>().expect("an event").tag
}

impl Watched {
    fn check(&self, known: &Known) -> Result<usize, String> {
        let all = known.replayed(self.chart, self.class)?;
        run::check(self.chart, &all, &self.clients, &self.begun, &known.waiting)?;
        Ok(all.iter().map(|done| done.handled.len()).sum())
    }

    /// In a world at rest nothing that waits can be handled, and everybody who was created is there.
    pub fn at_rest(&self, standing: &Standing) {
        let known = Known::of(standing);
        let all = known
            .replayed(self.chart, self.class)
            .expect("it was checked");
        for done in &all {
            assert!(
                done.timers.is_empty() || done.halted,
                "{} has timers",
                done.name
            );
            let mine = known
                .waiting
                .iter()
                .filter(|tag| run::parties(tag).1 == done.name);
            for tag in mine {
                let mut sent = all.iter().flat_map(|done| &done.sent).chain(&self.clients);
                let sent = sent.find(|sent| sent.tag == *tag).expect("it was checked");
                let says = verdict(self.chart, &done.stack, place(&sent.event));
                assert_eq!(says, Some(Does::Defer), "{tag} waits in {:?}", done.stack);
            }
        }
        let created = all
            .iter()
            .flat_map(|done| done.created.iter().map(|(name, ..)| name));
        for name in created.chain(self.begun.keys()) {
            assert!(
                known.logs.contains_key(name),
                "{name} was created and is not there"
            );
        }
        // What clients were told is done is handled, or waits, or was ignored by who may.
        for sent in &self.clients {
            let to = run::parties(&sent.tag).1;
            let done = all
                .iter()
                .find(|done| done.name == to)
                .expect("it was created");
            let handled = done.handled.iter().any(|handled| handled.tag == sent.tag);
            let ignores = |stack: &[usize]| {
                verdict(self.chart, stack, place(&sent.event)) == Some(Does::Ignore)
            };
            let ignored =
                ignores(&done.stack) || done.handled.iter().any(|handled| ignores(&handled.stack));
            let waits = known.waiting.contains(&sent.tag);
            assert!(
                handled || waits || ignored,
                "{} of a client is lost",
                sent.tag
            );
        }
    }
}

impl Observer for Watched {
    fn committed(&mut self, standing: &Standing, _: u64) {
        self.invariants.committed(standing);
        let mut known = Known::of(standing);
        if self.refused.is_some() {
            return;
        }
        if let Some(tampers) = self.tampers
            && tampers(&mut known)
        {
            self.refused = Some(self.check(&known).is_err());
            return;
        }
        match self.check(&known) {
            Ok(handled) => self.handled = handled,
            Err(why) => panic!("{why}\nof the chart {:#?}\nand {known:#?}", self.chart),
        }
    }

    fn asks(&mut self, _: &Command) {}

    fn answered(&mut self, command: &Command, answer: &Answer, _: u64) {
        let good = matches!(answer, Answer::Started { .. } | Answer::Done);
        assert!(good, "{command:?} is answered {answer:?}");
    }

    fn begins(&mut self, start: &StartAttempt) {
        panic!("there are no activities: {start:?}");
    }

    fn outcome(&mut self, start: &StartAttempt, _: bool) -> Outcome {
        panic!("there are no activities: {start:?}");
    }
}
