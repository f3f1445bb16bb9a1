//! The scheduler: from one seed it decides what happens next, and everything else that is left open.
//!
//! Either anybody who can do something is as likely as the others, or, as in probabilistic concurrency
//! testing (PCT), always the first by a random order goes on, which changes at a few random moments. The
//! latter finds what needs somebody to be late for very long.

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

use crate::trace::Trace;

/// Most shards of a life.
pub(crate) const SHARDS: usize = 4;

/// Who takes a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Actor {
    /// Somebody starts something or asks again.
    Clients,
    /// A shard takes an input.
    Deliver(usize),
    /// A shard runs a little.
    Run(usize),
    /// A shard that was asked to seals.
    Seal(usize),
    /// The committer goes on.
    Commit,
    /// An attempt ends.
    Attempts,
    /// Time passes.
    Time,
    /// Something goes wrong.
    Faults,
}

/// How the next one is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Policy {
    Random,
    Priorities,
}

/// See the module.
pub(crate) struct Scheduler {
    pub(crate) rng: StdRng,
    pub(crate) trace: Trace,
    /// Who goes first; nobody's place counts where all are alike.
    order: Option<Vec<Actor>>,
    /// The steps at which who would go first becomes the last.
    changes: Vec<u32>,
    steps: u32,
}

impl Scheduler {
    /// Most changes of priorities in a run.
    const CHANGES_MAX: usize = 12;

    pub(crate) fn new(seed: u64, policy: Policy, steps: u32) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let (mut order, mut changes) = (None, Vec::new());
        if policy == Policy::Priorities {
            let shards = 0..SHARDS;
            let mut actors = vec![Actor::Commit, Actor::Attempts];
            actors.extend(shards.clone().map(Actor::Deliver));
            actors.extend(shards.clone().map(Actor::Run));
            actors.extend(shards.map(Actor::Seal));
            actors.shuffle(&mut rng);
            order = Some(actors);
            let count = rng.random_range(0..=Self::CHANGES_MAX);
            changes = (0..count).map(|_| rng.random_range(0..steps)).collect();
            changes.sort_unstable();
        }
        Scheduler {
            rng,
            trace: Trace::default(),
            order,
            changes,
            steps: 0,
        }
    }

    /// Whether something happens that is so likely.
    pub(crate) fn odds(&mut self, one_in: u32) -> bool {
        self.rng.random_range(0..one_in) == 0
    }

    /// Who of those that can goes on; or the world outside does something.
    pub(crate) fn next(&mut self, ready: &[Actor]) -> Actor {
        let outside = match self.rng.random_range(0..1_000) {
            0..180 => Some(Actor::Clients),
            180..230 => Some(Actor::Time),
            230..260 => Some(Actor::Faults),
            _ if ready.is_empty() => Some(Actor::Time),
            _ => None,
        };
        self.steps += 1;
        let next = outside.unwrap_or_else(|| self.inside(ready));
        self.trace.note(next);
        next
    }

    fn inside(&mut self, ready: &[Actor]) -> Actor {
        let Some(order) = &mut self.order else {
            return ready[self.rng.random_range(0..ready.len())];
        };
        let first = |order: &[Actor]| order.iter().position(|actor| ready.contains(actor));
        while self.changes.first().is_some_and(|at| *at <= self.steps) {
            self.changes.remove(0);
            if let Some(first) = first(order) {
                let first = order.remove(first);
                order.push(first);
            }
        }
        order[first(order).expect("somebody is ready")]
    }
}
