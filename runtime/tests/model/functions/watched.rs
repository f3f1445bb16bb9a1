//! Who looks on while a program of functions runs: the model keeps up with every commit, and what leaves is compared
//! with what is durable.

use std::sync::Arc;

use undying::core::standing::Standing;
use undying::core::{Answer, Command, Ending, Outcome, Program, StartAttempt, Tags};
use undying::durable::{Arg, Call, Completion, Entry, Named};
use undying::schema::Stored;

use super::abstraction::{Abstract, activity, text};
use super::bodies::{Book, Noted, PlaysCall, WorkCall};
use super::explained::Run;
use super::programs::{Programs, Request, book, event_name, id};
use super::spec::{Stage, tag_of};
use crate::invariants::{self, Invariants};
use crate::items::Items;
use crate::world::Observer;

/// See the module.
pub struct Watched {
    pub programs: Programs,
    pub run: Run,
    /// What is durable, and how that was before, by commits.
    past: Vec<Abstract>,
    pub invariants: Invariants,
    /// Changes a state before it is compared, if it can: then that must be refused.
    pub tampers: Option<fn(&mut Abstract) -> bool>,
    /// Whether it was.
    pub refused: Option<bool>,
}

pub fn items() -> Arc<dyn Program> {
    Items::of([
        Entry::orchestration::<PlaysCall>(file!(), line!()),
        Entry::activity::<WorkCall>(file!(), line!()),
        Entry::entity::<Book>(file!(), line!()),
    ])
}

/// What clients ask the kernel.
pub fn commands(programs: &Programs) -> Vec<Vec<Command>> {
    let clients = programs.clients.iter().enumerate();
    let commands = clients.map(|(client, requests)| {
        let requests = requests.iter().enumerate();
        let commands = requests.map(|(nth, request)| command(programs, client, nth, request));
        commands.collect()
    });
    commands.collect()
}

fn command(programs: &Programs, client: usize, nth: usize, request: &Request) -> Command {
    let tag = format!("c{client}.{nth}:0");
    let key = Some(tag.clone());
    match request {
        Request::Start(nth) => {
            let steps = programs.orchestrations[usize::from(*nth)].clone();
            let args = Named::<PlaysCall>((Arg(steps), Arg(0), Arg(Vec::new())));
            Command::Start {
                id: id(*nth),
                name: PlaysCall::NAME.to_owned(),
                args: Stored::write(&args).expect("steps"),
                tags: Tags::new(),
                replaces: None,
            }
        }
        Request::Result(nth) => Command::Result { id: id(*nth) },
        Request::Note(nth, waits) => Command::Operate {
            entity: format!("@book@{}", book(*nth)),
            name: "book".into(),
            method: "note".into(),
            args: Stored::write(&Noted { tag }).expect("a tag"),
            due: None,
            waits: *waits,
            key,
        },
        Request::Raise(to, name) => Command::Raise {
            id: id(*to),
            name: event_name(*name),
            value: Stored::write(&tag).expect("a tag"),
            early: true,
            waits: false,
            key,
        },
        Request::Read(nth) => Command::State {
            entity: format!("@book@{}", book(*nth)),
        },
    }
}

impl Watched {
    pub fn new(programs: Programs) -> Watched {
        Watched {
            programs,
            run: Run::default(),
            past: vec![Abstract::default()],
            invariants: Invariants::default(),
            tampers: None,
            refused: None,
        }
    }

    fn durable(&self) -> &Abstract {
        self.past.last().expect("there is a first one")
    }
}

impl Observer for Watched {
    fn committed(&mut self, standing: &Standing, now: u64) {
        self.invariants.committed(standing);
        invariants::functions(standing);
        let mut state = Abstract::of_rows(standing);
        if self.refused.is_none()
            && let Some(tampers) = self.tampers
            && tampers(&mut state)
        {
            let came = self.run.explain(&state, &self.programs, now);
            self.refused = Some(came.is_err());
        }
        if self.refused.is_some() {
            self.past.push(Abstract::of_rows(standing));
            return;
        }
        if let Err(why) = self.run.explain(&state, &self.programs, now) {
            panic!("{why}\nof the program {:#?}", self.programs);
        }
        self.past.push(state);
    }

    fn asks(&mut self, command: &Command) {
        let said = &mut self.run.said;
        match command {
            Command::Start { id, .. } => {
                said.started.insert(id.clone());
            }
            Command::Operate { entity, key, .. } => {
                let book = entity.rsplit('@').next().unwrap_or_default();
                said.noted
                    .extend(key.clone().map(|tag| (tag, book.to_owned())));
            }
            Command::Raise { id, name, key, .. } => {
                let key = key.clone();
                said.raised
                    .extend(key.map(|tag| (tag, (id.clone(), name.clone()))));
            }
            _ => {}
        }
    }

    fn answered(&mut self, command: &Command, answer: &Answer, asked: u64) {
        let durable = self.durable();
        let fits = match (command, answer) {
            (Command::Start { id, .. }, Answer::Started { .. }) => {
                durable.orchestrations.contains_key(id)
            }
            (Command::Result { id }, Answer::Ended(Ending::Completed(value))) => {
                let over = Stage::Over(text(value));
                durable
                    .orchestrations
                    .get(id)
                    .is_some_and(|one| one.stage == over)
            }
            // One that is parked goes on.
            (Command::Result { .. }, Answer::Parked(_)) => true,
            (Command::Operate { entity, key, .. }, answer) => {
                let book = entity
                    .rsplit('@')
                    .next()
                    .and_then(|key| durable.books.get(key));
                let (Some(book), Some(tag)) = (book, key) else {
                    panic!("{command:?} is answered {answer:?} and there is no such book");
                };
                let place = book.log.iter().position(|noted| noted == tag);
                match answer {
                    Answer::Operated(Completion::Value(value)) => {
                        place.is_some_and(|place| text(value) == format!("{tag}={}", place + 1))
                    }
                    Answer::Done => {
                        place.is_some() || book.queue.values().flatten().any(|other| other == tag)
                    }
                    _ => false,
                }
            }
            (Command::Raise { .. }, Answer::Done | Answer::WrongStatus { .. }) => true,
            (Command::State { entity }, Answer::State(state)) => {
                let read = state
                    .as_ref()
                    .map_or_else(Vec::new, |state| state.read::<Book>().expect("a book").log);
                let key = entity.rsplit('@').next().unwrap_or_default();
                let log = |state: &Abstract| {
                    state
                        .books
                        .get(key)
                        .map_or_else(Vec::new, |book| book.log.clone())
                };
                // It is as the book was at some time since it was asked, and was durable.
                read.starts_with(&log(&self.past[asked as usize]))
                    && log(durable).starts_with(&read)
            }
            _ => false,
        };
        assert!(fits, "{command:?} is answered {answer:?} at\n{durable:#?}");
    }

    fn begins(&mut self, start: &StartAttempt) {
        self.invariants.begins(start);
    }

    fn outcome(&mut self, start: &StartAttempt, fails: bool) -> Outcome {
        let tag = activity(&start.args);
        if fails && start.attempt < 5 {
            return Outcome::Panicked("it broke".to_owned());
        }
        let value = format!("{tag}={}", start.attempt);
        assert_eq!(tag_of(&value), tag);
        self.run
            .said
            .done
            .entry(tag)
            .or_default()
            .insert(value.clone());
        Outcome::Done(Stored::write(&value).expect("a text"))
    }
}
