//! Random programs of orchestrations, entities and clients, as data.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::{Deserialize, Serialize};

/// One step of an orchestration. Every step has a tag, which goes wherever it has an effect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Step {
    /// Calls an activity and waits.
    Work,
    /// Calls one, to wait for it at the next `Gather`.
    Spawn,
    Gather,
    /// Calls an operation of this book and waits.
    Call(u8),
    Signal(u8),
    /// Signals a book, which signals another one.
    Relay(u8, u8),
    /// Locks these books.
    Section(Vec<u8>, Vec<Inside>),
    /// Runs another orchestration and waits.
    Child(Vec<Step>),
    /// Waits for the event of this name.
    Wait(u8),
    /// Raises an event of this name for an orchestration.
    Raise(u8, u8),
    Sleep(u64),
    /// Waits so long, or for an event.
    Either(u64, u8),
    /// Begins again with the rest.
    Again,
}

/// A step in a critical section.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Inside {
    /// Calls one of the books that are locked, by its place.
    Call(u8),
    Work,
    /// Signals a book that is not locked.
    Signal(u8),
}

/// What a client asks.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// Starts one of the orchestrations.
    Start(u8),
    /// Waits for its result.
    Result(u8),
    /// Has a book note something, and waits for that or not.
    Note(u8, bool),
    /// Raises an event.
    Raise(u8, u8),
    /// Reads a book.
    Read(u8),
}

/// All of it.
#[derive(Debug)]
pub struct Programs {
    pub orchestrations: Vec<Vec<Step>>,
    pub clients: Vec<Vec<Request>>,
}

/// How many books there are.
pub const BOOKS: u8 = 3;
/// How many names of events.
const NAMES: u8 = 2;

pub fn book(nth: u8) -> String {
    format!("b{nth}")
}

/// The id of an orchestration that clients start.
pub fn id(nth: u8) -> String {
    format!("o{nth}")
}

pub fn event_name(nth: u8) -> String {
    format!("e{nth}")
}

impl Programs {
    pub fn random(seed: u64) -> Programs {
        let mut dice = Dice(StdRng::seed_from_u64(seed));
        let count = 2 + dice.below(2);
        let orchestrations: Vec<_> = (0..count)
            .map(|_| {
                let length = 3 + dice.below(6);
                dice.steps(length, count, true)
            })
            .collect();
        let mut clients: Vec<Vec<Request>> = vec![Vec::new(), Vec::new()];
        for nth in 0..count {
            let client = usize::from(dice.below(2));
            clients[client].push(Request::Start(nth));
        }
        for client in &mut clients {
            for _ in 0..dice.below(5) {
                let at = dice.0.random_range(0..=client.len());
                let request = match dice.below(6) {
                    0..2 => Request::Note(dice.below(BOOKS), dice.below(2) == 0),
                    2..4 => Request::Raise(dice.below(count), dice.below(NAMES)),
                    4 => Request::Read(dice.below(BOOKS)),
                    _ => Request::Start(dice.below(count)),
                };
                client.insert(at, request);
            }
        }
        // Who waits for ever keeps no other client waiting.
        clients.extend((0..count).map(|nth| vec![Request::Start(nth), Request::Result(nth)]));
        Programs {
            orchestrations,
            clients,
        }
    }
}

struct Dice(StdRng);

impl Dice {
    fn below(&mut self, below: u8) -> u8 {
        self.0.random_range(0..below)
    }

    fn steps(&mut self, length: u8, count: u8, children: bool) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut open = false;
        for _ in 0..length {
            let step = match self.below(20) {
                0..2 => Step::Work,
                2 => Step::Spawn,
                3..6 => Step::Call(self.below(BOOKS)),
                6..8 => Step::Signal(self.below(BOOKS)),
                8 => Step::Relay(self.below(BOOKS), self.below(BOOKS)),
                9..12 => self.section(),
                12 if children => {
                    let length = 1 + self.below(3);
                    Step::Child(self.steps(length, count, false))
                }
                13 => Step::Wait(self.below(NAMES)),
                14..17 => Step::Raise(self.below(count), self.below(NAMES)),
                17..19 => Step::Either(u64::from(self.below(4)) * 10, self.below(NAMES)),
                19 if !open => Step::Again,
                _ => Step::Sleep(u64::from(self.below(4)) * 10),
            };
            open |= step == Step::Spawn;
            steps.push(step);
            if open && self.below(3) == 0 {
                open = false;
                steps.push(Step::Gather);
            }
        }
        if open {
            steps.push(Step::Gather);
        }
        steps
    }

    fn section(&mut self) -> Step {
        let first = self.below(BOOKS);
        let mut books = vec![first];
        if self.below(3) > 0 {
            books.push((first + 1 + self.below(BOOKS - 1)) % BOOKS);
        }
        // Each of them is called, so that the order of sections shows.
        let mut inside: Vec<_> = (0..books.len() as u8).map(Inside::Call).collect();
        for _ in 0..self.below(3) {
            let at = self.0.random_range(0..=inside.len());
            let free = (0..BOOKS).find(|book| !books.contains(book));
            let step = match (self.below(3), free) {
                (0, Some(free)) => Inside::Signal(free),
                (1, _) => Inside::Call(self.below(books.len() as u8)),
                _ => Inside::Work,
            };
            inside.insert(at, step);
        }
        Step::Section(books, inside)
    }
}
