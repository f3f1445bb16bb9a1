//! Entities: reads, writes, additions and compare-and-set, with and without idempotency keys.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use undying::__private::{Arg, Entity, Of, Operates};
use undying::core::{Answer, Command};
use undying::durable::{Completion, Entry, Named, Operation};
use undying::prelude::*;
use undying::schema::Stored;

use crate::history::{Asked, Spec, check, is_linearizable};
use crate::tally::{self, Tally};
use crate::world::{Ask, Items, run};

#[activity]
async fn pause() {}

#[entity(key = usize)]
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Cell {
    value: u64,
}

#[entity]
impl Cell {
    pub fn read(&self) -> u64 {
        self.value
    }

    /// What was there before.
    pub fn write(&mut self, value: u64) -> u64 {
        std::mem::replace(&mut self.value, value)
    }

    pub fn compare_and_set(&mut self, old: u64, new: u64) -> u64 {
        let before = self.value;
        if before == old {
            self.value = new;
        }
        before
    }

    /// Waits with the others shut out; what was there before.
    pub async fn add_later(&mut self, more: u64) -> u64 {
        let before = self.value;
        pause().await;
        self.value = before + more;
        before
    }
}

/// What a client asks of a cell; each is told the value before.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Asks {
    Read,
    /// Not the operation, but the state.
    State,
    Write(u64),
    CompareAndSet(u64, u64),
    AddLater(u64),
}

#[derive(Debug, Clone)]
struct OneCell;

impl Spec for OneCell {
    type State = u64;
    type Question = Asks;
    type Answer = u64;

    fn init() -> u64 {
        0
    }

    fn only_looks(question: &Asks) -> bool {
        matches!(question, Asks::Read | Asks::State)
    }

    fn step(state: &u64, question: &Asks, answer: Option<&u64>) -> Option<u64> {
        if answer.is_some_and(|answer| answer != state) {
            return None;
        }
        Some(match *question {
            Asks::Read | Asks::State => *state,
            Asks::Write(value) => value,
            Asks::CompareAndSet(old, new) if old == *state => new,
            Asks::CompareAndSet(..) => *state,
            Asks::AddLater(more) => state + more,
        })
    }
}

fn operate<O: 'static>(
    _: &Operation<Cell, O>,
    key: usize,
    args: <Cell as Operates<O>>::Args,
) -> Command
where
    Cell: Operates<O>,
{
    Command::Operate {
        entity: format!("@{}@{key}", Cell::NAME),
        name: Cell::NAME.into(),
        method: <Cell as Operates<O>>::METHOD.into(),
        args: Stored::write(&Named::<Of<Cell, O>>(args)).unwrap(),
        due: None,
        waits: true,
        key: None,
    }
}

impl Asks {
    fn command(self, key: usize) -> Command {
        let cell = Cell::at(key);
        match self {
            Asks::Read => operate(&cell.read(), key, ()),
            Asks::State => Command::State {
                entity: format!("@{}@{key}", Cell::NAME),
            },
            Asks::Write(value) => operate(&cell.write(value), key, (Arg(value),)),
            Asks::CompareAndSet(old, new) => {
                let args = (Arg(old), Arg(new));
                operate(&cell.compare_and_set(old, new), key, args)
            }
            Asks::AddLater(more) => operate(&cell.add_later(more), key, (Arg(more),)),
        }
    }
}

fn read(answer: Answer) -> Option<u64> {
    match answer {
        Answer::Operated(Completion::Value(value)) => Some(value.read().unwrap()),
        Answer::State(state) => {
            let cell = state.map(|state| state.read::<Cell>().unwrap());
            Some(cell.unwrap_or_default().value)
        }
        Answer::InDoubt => None,
        other => panic!("{other:?}"),
    }
}

fn history(seed: u64, clients: u64, asks: u64, fails: bool) -> Vec<Asked<Asks, u64>> {
    let mut random = StdRng::seed_from_u64(!seed);
    let cells = random.random_range(1..=3);
    let mut last = vec![0; cells];
    let mut ask = |client: u64, n: u64| {
        let key = random.random_range(0..cells);
        // No two write the same.
        let value = (client * 100 + n + 1) * 1_000;
        let question = match random.random_range(0..10) {
            0..3 => Asks::Read,
            3 => Asks::State,
            4..6 => Asks::Write(value),
            6..8 => Asks::CompareAndSet(last[key], value),
            _ => Asks::AddLater(value),
        };
        if !matches!(question, Asks::Read | Asks::State) {
            last[key] = value;
        }
        let mut command = question.command(key);
        if let Command::Operate { key, .. } = &mut command
            && random.random_bool(0.5)
        {
            *key = Some(format!("{client}/{n}"));
        }
        Ask {
            key,
            question,
            command,
        }
    };
    let clients = (0..clients).map(|client| (0..asks).map(|n| ask(client, n)).collect());
    let clients = clients.collect();
    let program = Items::program([
        Entry::entity::<Cell>(file!(), line!()),
        Entry::activity::<PauseCall>(file!(), line!()),
    ]);
    run(program, clients, read, seed, fails)
}

#[test]
fn operations_of_entities_are_linearizable_whatever_fails() {
    let mut tally = Tally::new(8, "histories of entity operations that are linearizable");
    let mut pending = 0;
    for seed in tally::seeds(60) {
        let history = history(seed, 4, 8, true);
        pending += history
            .iter()
            .filter(|asked| asked.answer.is_none())
            .count();
        tally.tried(1);
        check::<OneCell>(&history, seed);
    }
    println!("{pending} operations were never answered");
}

#[test]
fn a_seed_gives_the_same_history_again() {
    let history = || format!("{:?}", history(3, 4, 8, true));
    assert_eq!(history(), history());
}

#[test]
fn a_read_of_an_older_value_is_found() {
    let mut found = 0;
    for seed in 0..10 {
        // One client: the order is known.
        let good = history(seed, 1, 30, false);
        assert!(is_linearizable::<OneCell>(&good));
        for (n, asked) in good.iter().enumerate() {
            let before = good[..n].iter().rev();
            let mut older = before
                .filter(|other| other.key == asked.key && other.answer != asked.answer)
                .map(|other| other.answer);
            let (Asks::Read, Some(stale)) = (asked.question, older.next()) else {
                continue;
            };
            let mut bad = good.clone();
            bad[n].answer = stale;
            assert!(!is_linearizable::<OneCell>(&bad), "{asked:?} {stale:?}");
            found += 1;
        }
    }
    assert!(found > 10, "{found}");
}

#[test]
fn a_write_that_is_done_twice_is_found() {
    let mut history = history(1, 1, 30, false);
    let write = |asked: &Asked<Asks, u64>| matches!(asked.question, Asks::AddLater(_));
    let at = history.iter().position(write).unwrap();
    let Asks::AddLater(more) = history[at].question else {
        unreachable!("it was just found")
    };
    let key = history[at].key;
    let next = history[at + 1..].iter_mut().find(|asked| asked.key == key);
    let next = next.unwrap();
    next.answer = next.answer.map(|value| value + more);
    assert!(!is_linearizable::<OneCell>(&history));
}
