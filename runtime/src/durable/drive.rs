//! `Driver`: runs an orchestration to its end without an engine and without a store.
//!
//! It is the reference a body's behaviour is tested against: one thread, virtual time, and a choice
//! of how much of the instance stays in memory between two turns.

mod attempt;
mod calls;
mod entities;
mod instance;
mod open;
#[cfg(test)]
mod tests;

use std::any::TypeId;
use std::collections::{BTreeSet, VecDeque};

use rustc_hash::FxHashMap;

use self::entities::Entities;
use self::instance::Instance;
use super::entry::{LINKED, linked};
use super::{
    Entry, Failure, Orchestration, OrchestrationCall, Persist, Refusal, Target, Timestamp,
};
use crate::schema::Stored;

pub use self::instance::AtRest;

/// What stays in memory between two turns of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// Everything; nothing is ever written.
    Hot,
    /// Everything, and the frame is written at every suspension, as a busy engine does.
    Written,
    /// Nothing: the frame is written at every suspension, dropped and read back.
    Cold,
}

/// Why a driven orchestration has no output.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// An engine would have parked it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A failure that its output type cannot say.
    #[error(transparent)]
    Failed(Failure),
}

/// What one suspension wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Save {
    /// The size of the frame, in bytes, without the parts.
    pub frame: usize,
    /// The parts that were written, with their sizes in bytes, or deleted (`None`).
    pub parts: Vec<(u32, Option<usize>)>,
}

/// Runs orchestrations, their activities, their children and entities in the calling thread.
#[derive(Debug)]
pub struct Driver {
    memory: Memory,
    /// The state of the generator that picks which operation completes next; `None`: all of a turn.
    picks: Option<u64>,
    entries: FxHashMap<TypeId, Entry>,
    now: Timestamp,
    /// Events to come, by name.
    events: VecDeque<(String, Stored)>,
    suspensions: usize,
    saves: Vec<Save>,
    /// How many parents the running instance has.
    depth: usize,
    entities: Entities,
    /// The ids of the entities that are locked.
    locked: BTreeSet<String>,
}

/// More parents than any test needs, and few enough for a thread's stack.
const DEPTH_MAX: usize = 32;

impl Driver {
    /// A driver that completes all requests of a turn before the next turn, timers when nothing
    /// else is under way.
    #[must_use]
    pub fn new(memory: Memory) -> Self {
        Driver {
            memory,
            picks: None,
            entries: FxHashMap::default(),
            now: Timestamp(1_700_000_000_000),
            events: VecDeque::new(),
            suspensions: 0,
            saves: Vec::new(),
            depth: 0,
            entities: Entities::default(),
            locked: BTreeSet::new(),
        }
    }

    /// Completes one operation at a time instead, in an order that `seed` gives: any activity or
    /// child, or the timer that is due first.
    #[must_use]
    pub fn seeded(mut self, seed: u64) -> Self {
        self.picks = Some(seed);
        self
    }

    /// Adds what no registration made: generic functions.
    #[must_use]
    pub fn with(mut self, entry: Entry) -> Self {
        self.entries.insert((entry.call)(), entry);
        self
    }

    /// An event that is to come: it arrives when an instance waits for one of its name, whichever
    /// instance that is. What instances raise comes after it.
    ///
    /// # Errors
    /// The value cannot be written.
    pub fn event<T: Persist>(mut self, name: &str, value: &T) -> Result<Self, Stop> {
        let value = Stored::write(value)
            .map_err(|error| Refusal::value(format!("the event `{name}`"), error))?;
        self.events.push_back((name.to_owned(), value));
        Ok(self)
    }

    /// How often an instance came to wait, children included.
    #[must_use]
    pub fn suspensions(&self) -> usize {
        self.suspensions
    }

    /// What the suspensions wrote, in order, children included.
    #[must_use]
    pub fn saves(&self) -> &[Save] {
        &self.saves
    }

    /// Runs `call` to its end.
    ///
    /// # Errors
    /// See [`Stop`].
    pub fn run<O: OrchestrationCall>(&mut self, call: Orchestration<O>) -> Result<O::Output, Stop> {
        let instance = self.start(call)?;
        self.finish::<O>(instance)
    }

    /// Runs `call` until it has come to wait `suspensions` times, and writes it.
    ///
    /// # Errors
    /// See [`Stop`]; also when it ends before.
    pub fn run_until<O: OrchestrationCall>(
        &mut self,
        call: Orchestration<O>,
        suspensions: usize,
    ) -> Result<AtRest, Stop> {
        let mut instance = self.start(call)?;
        for nth in 1.. {
            if instance.turn(self)?.is_some() {
                let why = "it ended before it had come to wait that often".to_owned();
                return Err(stuck(O::NAME, why));
            }
            if nth == suspensions {
                break;
            }
            instance.serve(self)?;
        }
        instance.rest(self)
    }

    /// Goes on with what [`run_until`](Self::run_until) wrote, as the orchestration `O`.
    ///
    /// # Errors
    /// See [`Stop`].
    pub fn resume<O: OrchestrationCall>(&mut self, rest: AtRest) -> Result<O::Output, Stop> {
        let mut instance = Instance::load(&Entry::orchestration::<O>(file!(), line!()), rest)?;
        instance.serve(self)?;
        self.finish::<O>(instance)
    }

    fn start<O: OrchestrationCall>(&self, call: Orchestration<O>) -> Result<Instance, Stop> {
        let args = Stored::write(&call.into_args())
            .map_err(|error| Refusal::value(format!("the arguments of `{}`", O::NAME), error))?;
        let entry = Entry::orchestration::<O>(file!(), line!());
        Instance::start(&entry, "driven".to_owned(), &args)
    }

    fn finish<O: OrchestrationCall>(&mut self, instance: Instance) -> Result<O::Output, Stop> {
        let output = instance.run(self)?;
        self.settle()?;
        let output = output.read::<O::Output>();
        Ok(
            output
                .map_err(|error| Refusal::value(format!("the result of `{}`", O::NAME), error))?,
        )
    }

    fn entry(&self, target: &Target, kind: &str) -> Result<Entry, Stop> {
        let entry = match target {
            Target::Call { call, .. } => {
                let own = self.entries.get(call);
                own.or_else(|| linked(*call))
            }
            Target::Named(name) => {
                let all = self.entries.values().chain(LINKED.values().copied());
                all.into_iter()
                    .find(|entry| entry.name == name && entry.kind.word() == kind)
            }
        };
        Ok(entry.cloned().ok_or_else(|| Refusal::Unregistered {
            kind: kind.to_owned(),
            name: target.name().to_owned(),
        })?)
    }

    /// A number below `below`, which is not 0 (splitmix64).
    fn pick(state: &mut u64, below: usize) -> usize {
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % below as u64) as usize
    }
}

fn stuck(body: &str, why: String) -> Stop {
    Stop::Refused(Refusal::Stuck {
        body: body.to_owned(),
        why,
    })
}
