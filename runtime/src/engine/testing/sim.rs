//! `Sim`: a scenario under many interleavings and crashes, each chosen by a seed.

use std::env;
use std::fmt::{self, Write as _};

use super::chance::Chance;
use super::driver::Choice;
use super::scenario::Scenario;
use super::tried::{Tried, try_once};
use super::watch::{Deaths, Watch};

/// The variable that has one seed tried alone.
const SEED: &str = "UNDYING_SEED";
/// The variable that says how many seeds are tried.
const SEEDS: &str = "UNDYING_SEEDS";

/// Explores a scenario: each seed is another order of what clients, shards, the committer and activities
/// do, and other crashes at other places.
///
/// What a seed decides: who makes the next step, and how far it goes; on how many shards the engine runs;
/// which activities take as long as to the next timer; where the process dies, and how often. In each
/// run, what the scenario says must hold [always](Scenario::always) is asserted after each commit, no
/// [monitor](crate::monitor) may be violated or, in the end, hot, and the outcome has to be
/// [as good](Scenario::is_as_good) as the one in peace.
///
/// The same seed is the same run, step by step: the message of a run that fails says how to repeat it, by
/// the environment variable `UNDYING_SEED`. `UNDYING_SEEDS` sets how many are tried, for a long night.
/// What the simulation does not see it cannot repeat: threads, sockets and time outside of it, and
/// `tokio::select!` without `biased`. Activities that need those are [stubbed](crate::testing::Stub).
///
/// ```standalone_crate
/// use undying::prelude::*;
/// use undying::testing::Sim;
///
/// #[entity]
/// #[derive(Default, Serialize, Deserialize)]
/// struct Account {
///     balance: i64,
/// }
///
/// #[entity]
/// impl Account {
///     pub fn add(&mut self, amount: i64) -> i64 {
///         self.balance += amount;
///         self.balance
///     }
/// }
///
/// #[orchestration]
/// async fn transfer(from: String, to: String, amount: i64) -> i64 {
///     let (from, to) = lock((Account::at(from), Account::at(to))).await;
///     from.add(-amount).await + to.add(amount).await
/// }
///
/// async fn both_ways(engine: Engine) -> undying::Result<i64> {
///     let there = engine.start("1", transfer("ann".into(), "bob".into(), 5)).await?;
///     let back = engine.start("2", transfer("bob".into(), "ann".into(), 3)).await?;
///     Ok(there.result().await? + back.result().await?)
/// }
///
/// # fn main() {
/// let explored = Sim::new(|| both_ways).seeds(20).run();
/// assert_eq!(explored.runs, 20);
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is tried before `run`"]
pub struct Sim<M> {
    make: M,
    seeds: u64,
    crashes: u32,
}

/// What a [`Sim`] has tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explored {
    /// How many runs there were, one for each seed.
    pub runs: u64,
    /// How often a process died in them.
    pub crashes: u64,
    /// A number for all that was chosen, run and stored: the same for the same seeds and program.
    pub trace: u64,
}

impl fmt::Display for Explored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Explored {
            runs,
            crashes,
            trace,
        } = self;
        write!(f, "{runs} runs with {crashes} crashes, trace {trace:016x}")
    }
}

impl<S: Scenario, M: Fn() -> S> Sim<M> {
    /// Explores the scenario that `make` makes, anew for each run.
    pub fn new(make: M) -> Self {
        Sim {
            make,
            seeds: 100,
            crashes: 3,
        }
    }

    /// How many seeds are tried, from 0 on.
    ///
    /// Default = 100.
    pub fn seeds(mut self, count: u64) -> Self {
        self.seeds = count;
        self
    }

    /// How often the process dies at most, in one run.
    ///
    /// Default = 3.
    pub fn crashes(mut self, most: u32) -> Self {
        self.crashes = most;
        self
    }

    /// Tries all seeds.
    ///
    /// # Panics
    /// When a run is not as it has to be: the message says the seed, where the process died, and what is
    /// wrong.
    pub fn run(self) -> Explored {
        let peace = self.once(Deaths::Never, Choice::InTurn, 0, 1);
        let outcome = match peace.1.outcome {
            Ok(outcome) => outcome,
            Err(fault) => panic!("Sim: in turn and without any crash, {fault}"),
        };
        let places = peace.1.counted.places;
        let seeds = match number(SEED) {
            Some(seed) => seed..seed.saturating_add(1),
            None => 0..number(SEEDS).unwrap_or(self.seeds),
        };
        let mut explored = Explored {
            runs: 0,
            crashes: 0,
            trace: 0,
        };
        for seed in seeds {
            let (scenario, tried) = self.seeded(seed, places);
            let complaint = match &tried.outcome {
                Err(fault) => Some(fault.to_string()),
                Ok(other) if scenario.is_as_good(&outcome, other) => None,
                Ok(other) => Some(format!(
                    "the outcome is another one\n      in peace: {outcome:?}\n      with it:  {other:?}"
                )),
            };
            if let Some(complaint) = complaint {
                panic!("{}", message(seed, &complaint, &tried));
            }
            explored.runs += 1;
            explored.crashes += tried.deaths.len() as u64;
            explored.trace = explored.trace.rotate_left(5) ^ tried.trace;
        }
        explored
    }

    fn seeded(&self, seed: u64, places: u64) -> (S, Tried<S::Outcome>) {
        let mut chance = Chance::new(seed);
        let deaths = Deaths::Any {
            left: chance.below(u64::from(self.crashes) + 1) as u32,
            one_in: (places / 2).max(2),
        };
        let shards = 1 + chance.below(3) as usize;
        let choice = Choice::random(chance.next());
        self.once(deaths, choice, chance.next(), shards)
    }

    fn once(
        &self,
        deaths: Deaths,
        choice: Choice,
        seed: u64,
        shards: usize,
    ) -> (S, Tried<S::Outcome>) {
        let scenario = (self.make)();
        let tried = try_once(&scenario, &Watch::new(deaths, seed), choice, shards);
        (scenario, tried)
    }
}

fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok()?.parse().ok()
}

fn message<T>(seed: u64, complaint: &str, tried: &Tried<T>) -> String {
    let mut message = format!("Sim: with the seed {seed} {complaint}\n");
    for place in &tried.deaths {
        let _ = writeln!(message, "  the process died {place}");
    }
    let test = std::thread::current();
    let test = test.name().unwrap_or_default();
    let _ = writeln!(message, "  repeat it: {SEED}={seed} cargo test {test}");
    message
}
