//! Instances: started, raised, looked at, terminated, purged and begun anew by clients that compete.

use std::collections::BTreeSet;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use undying::__private::Arg;
use undying::core::{Answer, Command, Ending, Number, Status, Tags};
use undying::durable::{Call, Entry, Named};
use undying::prelude::*;
use undying::schema::Stored;

use crate::history::{Asked, Spec, check, is_linearizable};
use crate::tally::{self, Tally};
use crate::world::{Ask, Items, run};

/// How many events an instance takes.
const EVENTS: usize = 2;

#[orchestration]
async fn collect(count: u64) -> Vec<u64> {
    let mut taken = Vec::new();
    for _ in 0..count {
        taken.push(event::<u64>("next").await);
    }
    taken
}

/// What a client asks of an instance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Asks {
    Start,
    Describe,
    Result,
    Raise(u64),
    Terminate,
    Purge,
}

/// What it is told.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Told {
    Started(Number, bool),
    Is(Number, Status),
    Completed(Vec<u64>),
    Terminated,
    Done,
    WrongStatus(Status),
    NotFound,
}

/// What an id may be. Whoever looks does not know when exactly an instance has ended by itself, and
/// whether that was before it was terminated: so it may be one of several things.
type Id = BTreeSet<Life>;

#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Life {
    #[default]
    Free,
    /// Its number, if anybody was told, and the events that it takes, as far as they were raised.
    Running(Option<Number>, Vec<u64>),
    Completed(Option<Number>, Vec<u64>),
    Terminated(Option<Number>),
}

#[derive(Debug, Clone)]
struct OneId;

impl Spec for OneId {
    type State = Id;
    type Question = Asks;
    type Answer = Told;

    fn init() -> Id {
        Id::from([Life::Free])
    }

    fn only_looks(question: &Asks) -> bool {
        matches!(question, Asks::Describe | Asks::Result)
    }

    fn step(state: &Id, question: &Asks, answer: Option<&Told>) -> Option<Id> {
        let ended = state.iter().filter_map(Life::ended_by_itself);
        let lives: Id = state.iter().cloned().chain(ended).collect();
        let after: Id = match answer {
            Some(answer) => {
                let after = lives.iter().filter_map(|life| life.told(*question, answer));
                after.collect()
            }
            None => {
                let done = lives.iter().filter_map(|life| life.done(*question));
                done.chain(lives.iter().cloned()).collect()
            }
        };
        (!after.is_empty()).then_some(after)
    }
}

impl Life {
    /// What it is when it has taken what it waits for, if that is there.
    fn ended_by_itself(&self) -> Option<Life> {
        match self {
            Life::Running(number, raised) if raised.len() == EVENTS => {
                Some(Life::Completed(*number, raised.clone()))
            }
            _ => None,
        }
    }

    /// The same with a number that was told, if that can be it.
    fn is(&self, told: Number) -> Option<Life> {
        let mut known = self.clone();
        let (Life::Running(number, _) | Life::Completed(number, _) | Life::Terminated(number)) =
            &mut known
        else {
            return None;
        };
        (*number.get_or_insert(told) == told).then_some(known)
    }

    fn status(&self) -> Option<Status> {
        match self {
            Life::Free => None,
            Life::Running(..) => Some(Status::Running),
            Life::Completed(..) => Some(Status::Completed),
            Life::Terminated(_) => Some(Status::Terminated),
        }
    }

    /// What it is afterwards, if this answer is right.
    fn told(&self, question: Asks, answer: &Told) -> Option<Life> {
        let right = match answer {
            Told::Started(number, true) => return self.done(question)?.is(*number),
            Told::Started(number, false) => return self.is(*number),
            Told::Is(number, status) => {
                return self
                    .is(*number)
                    .filter(|life| life.status() == Some(*status));
            }
            Told::Done => return self.done(question),
            Told::Completed(taken) => matches!(self, Life::Completed(_, all) if all == taken),
            Told::Terminated => matches!(self, Life::Terminated(_)),
            Told::WrongStatus(status) => {
                self.done(question).is_none() && self.status() == Some(*status)
            }
            Told::NotFound => *self == Life::Free,
        };
        right.then(|| self.clone())
    }

    /// What it is when that has been done, if it can be.
    fn done(&self, question: Asks) -> Option<Life> {
        match (question, self) {
            (Asks::Start, Life::Free) => Some(Life::Running(None, Vec::new())),
            (Asks::Raise(event), Life::Running(number, raised)) => {
                let mut raised = raised.clone();
                raised.push(event);
                raised.truncate(EVENTS);
                Some(Life::Running(*number, raised))
            }
            (Asks::Terminate, Life::Running(number, _)) => Some(Life::Terminated(*number)),
            // There is nothing to do.
            (Asks::Terminate, Life::Completed(..) | Life::Terminated(_)) => Some(self.clone()),
            (Asks::Purge, Life::Completed(..) | Life::Terminated(_)) => Some(Life::Free),
            _ => None,
        }
    }
}

fn told(answer: Answer) -> Option<Told> {
    Some(match answer {
        Answer::Started { number, fresh } => Told::Started(number, fresh),
        Answer::Description(of) => Told::Is(of.number, of.status),
        Answer::Ended(Ending::Completed(taken)) => Told::Completed(taken.read().unwrap()),
        Answer::Ended(Ending::Terminated { .. }) => Told::Terminated,
        Answer::Done => Told::Done,
        Answer::WrongStatus { status } => Told::WrongStatus(status),
        Answer::NotFound => Told::NotFound,
        Answer::InDoubt => return None,
        other => panic!("{other:?}"),
    })
}

impl Asks {
    fn command(self, id: String, key: Option<String>) -> Command {
        match self {
            Asks::Start => Command::Start {
                id,
                name: CollectCall::NAME.to_owned(),
                args: Stored::write(&Named::<CollectCall>((Arg(EVENTS as u64),))).unwrap(),
                tags: Tags::new(),
                replaces: None,
            },
            Asks::Describe => Command::Describe { id },
            Asks::Result => Command::Result { id },
            Asks::Raise(event) => Command::Raise {
                id,
                name: "next".to_owned(),
                value: Stored::write(&event).unwrap(),
                early: false,
                waits: false,
                key,
            },
            Asks::Terminate => Command::Terminate {
                id,
                reason: "the operator".to_owned(),
            },
            Asks::Purge => Command::Purge { id, number: None },
        }
    }
}

fn history(seed: u64, clients: u64, asks: u64, fails: bool) -> Vec<Asked<Asks, Told>> {
    let mut random = StdRng::seed_from_u64(!seed);
    let ids = random.random_range(2..=3);
    let mut ask = |client: u64, n: u64| {
        let key = random.random_range(0..ids);
        let question = match random.random_range(0..20) {
            0..4 => Asks::Start,
            4..8 => Asks::Describe,
            8..10 => Asks::Result,
            10..16 => Asks::Raise(client * 100 + n),
            16 => Asks::Terminate,
            _ => Asks::Purge,
        };
        let idempotency_key = random.random_bool(0.5).then(|| format!("{client}/{n}"));
        Ask {
            key,
            question,
            command: question.command(format!("instance-{key}"), idempotency_key),
        }
    };
    let clients = (0..clients).map(|client| (0..asks).map(|n| ask(client, n)).collect());
    let clients = clients.collect();
    let program = Items::program([Entry::orchestration::<CollectCall>(file!(), line!())]);
    run(program, clients, told, seed, fails)
}

#[test]
fn what_clients_ask_of_instances_is_linearizable_whatever_fails() {
    let mut tally = Tally::new(8, "histories of client calls that are linearizable");
    for seed in tally::seeds(60) {
        let history = history(seed, 4, 8, true);
        tally.tried(1);
        check::<OneId>(&history, seed);
    }
}

#[test]
fn an_id_that_is_started_twice_is_found() {
    let mut found = 0;
    for seed in 0..20 {
        let mut history = history(seed, 1, 30, false);
        let again =
            |asked: &&mut Asked<_, _>| matches!(asked.answer, Some(Told::Started(_, false)));
        if let Some(Told::Started(_, fresh)) = history
            .iter_mut()
            .find(again)
            .and_then(|asked| asked.answer.as_mut())
        {
            *fresh = true;
            assert!(!is_linearizable::<OneId>(&history));
            found += 1;
        }
    }
    assert!(found > 5, "{found}");
}
