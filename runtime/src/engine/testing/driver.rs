//! `Driver`: makes the steps of one process, each chosen by a seed.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::task::yield_now;
use tokio::time::timeout;

use super::chance::Chance;
use super::pool::{Flag, Stepped};
use super::process::{Actor, Process};
use super::watch::Watch;
use crate::core::limits::SLICE_TURNS;
use crate::engine::kernel::{Part, Stride};

/// How long a process in which nothing can be done waits for the world outside.
const STUCK_AFTER: Duration = Duration::from_secs(2);
/// How long it waits for an activity that does something outside of the simulation.
const ATTEMPT_STUCK_AFTER: Duration = Duration::from_secs(60);
/// The most steps of one process.
const STEPS_MAX: u64 = 2_000_000;

/// How steps are chosen.
#[derive(Clone, Debug)]
pub(super) enum Choice {
    /// One after the other, each as far as it goes.
    InTurn,
    /// One after the other, each as small as it can be.
    InSmallTurns,
    /// By chance, with these weights of who makes one: clients, shards, the committer, attempts.
    Random(Chance, [u64; 4]),
}

impl Choice {
    /// By this seed; some seeds let one of them lag behind.
    pub(super) fn random(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let weights = std::array::from_fn(|_| [1, 1, 4, 16][chance.below(4) as usize]);
        Choice::Random(chance, weights)
    }
}

/// Why a process did not come to what was awaited.
#[derive(Debug)]
pub(super) enum Stopped {
    Died,
    Stuck(String),
}

/// See the module.
pub(super) struct Driver {
    process: Arc<Process>,
    watch: Watch,
    choice: Choice,
    steps: u64,
    /// Attempts that take as long as to the next timer.
    slow: BTreeSet<u64>,
    /// The first attempt of which that is not decided.
    undecided: u64,
    /// The last rest that who waits for one was told of.
    told: Option<u64>,
}

/// Who may make the next step; none stands for what is awaited.
type Who = Option<Actor>;

impl Driver {
    pub(super) fn new(process: Arc<Process>, watch: Watch, choice: Choice) -> Self {
        Driver {
            process,
            watch,
            choice,
            steps: 0,
            slow: BTreeSet::new(),
            undecided: 0,
            told: None,
        }
    }

    /// How the next process goes on choosing.
    pub(super) fn into_choice(self) -> Choice {
        self.choice
    }

    /// Makes steps until the future is ready. Whenever nothing can be done the clock is moved to the
    /// next timer. `checks` is called after each commit.
    pub(super) async fn run<T>(
        &mut self,
        mut future: Pin<&mut impl Future<Output = T>>,
        mut checks: impl FnMut(),
    ) -> Result<T, Stopped> {
        let flag = Flag::new(&self.process.sleeper);
        let waker = Waker::from(flag.clone());
        let mut commits = self.watch.counted().commits;
        while !self.watch.has_died() {
            let Some(who) = self.next(&flag).await? else {
                continue;
            };
            match who {
                None => {
                    flag.lower();
                    let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
                    if let Poll::Ready(output) = polled {
                        return Ok(output);
                    }
                }
                Some(Actor::Engine(engine, part)) => {
                    let stride = self.stride();
                    self.process.step(engine, part, stride);
                }
                Some(Actor::Attempt(id)) => self.attempt(id),
            }
            let now = self.watch.counted().commits;
            if commits != now {
                commits = now;
                checks();
            }
            // So that what the program has spawned on its runtime goes on too.
            yield_now().await;
        }
        Err(Stopped::Died)
    }

    /// Makes steps until nothing can be done before the clock is moved.
    pub(super) async fn settle(&mut self, checks: impl FnMut()) -> Result<(), Stopped> {
        let clock = self.process.clock.clone();
        let mut settled = std::pin::pin!(clock.settle());
        self.run(settled.as_mut(), checks).await
    }

    /// Moves the clock to the next timer, if there is one.
    pub(super) fn pass(&mut self) -> bool {
        let next = self.process.clock.next_wake();
        next.inspect(|next| self.process.clock.set(*next)).is_some()
    }

    fn attempt(&mut self, id: u64) {
        if let Some(label) = self.process.pool.unbegun(id)
            && self.watch.attempt_begins(&label)
        {
            return;
        }
        if let Stepped::Ended(label) = self.process.pool.step(id) {
            self.slow.remove(&id);
            self.watch.attempt_ran(&label);
        }
    }

    /// Who makes the next step, if somebody can make one at once.
    async fn next(&mut self, flag: &Arc<Flag>) -> Result<Option<Who>, Stopped> {
        self.steps += 1;
        if self.steps > STEPS_MAX {
            return Err(Stopped::Stuck(format!(
                "it did not end within {STEPS_MAX} steps"
            )));
        }
        let mut ready = self.ready(flag);
        for _ in 0..3 {
            if ready.is_empty() {
                yield_now().await;
                ready = self.ready(flag);
            }
        }
        if !ready.is_empty() {
            let index = self.choose(&ready);
            self.watch.chose(index as u64);
            return Ok(Some(ready[index]));
        }
        self.idle(flag).await.map(|()| None)
    }

    fn ready(&mut self, flag: &Flag) -> Vec<Who> {
        let mut ready: Vec<Who> = Vec::new();
        ready.extend(flag.is_up().then_some(None));
        for actor in self.process.ready() {
            if let (Actor::Attempt(id), Choice::Random(chance, _)) = (actor, &mut self.choice)
                && id >= self.undecided
            {
                self.undecided = id + 1;
                if chance.one_in(8) {
                    self.slow.insert(id);
                }
            }
            let slow = matches!(actor, Actor::Attempt(id) if self.slow.contains(&id));
            ready.extend((!slow).then_some(Some(actor)));
        }
        ready
    }

    fn choose(&mut self, ready: &[Who]) -> usize {
        let Choice::Random(chance, weights) = &mut self.choice else {
            let turn = usize::try_from(self.steps).unwrap_or_default();
            return turn % ready.len();
        };
        let weight = |who: &Who| match who {
            None => weights[0],
            Some(Actor::Engine(_, Part::Shard(_))) => weights[1],
            Some(Actor::Engine(_, Part::Committer)) => weights[2],
            Some(Actor::Attempt(_)) => weights[3],
        };
        let mut at = chance.below(ready.iter().map(weight).sum());
        let chosen = ready.iter().position(|who| {
            let weight = weight(who);
            let here = at < weight;
            at = at.saturating_sub(weight);
            here
        });
        chosen.unwrap_or_default()
    }

    fn stride(&mut self) -> Stride {
        match &mut self.choice {
            Choice::InTurn => Stride {
                inputs: usize::MAX,
                turns: SLICE_TURNS,
                seals: self.steps.is_multiple_of(16),
            },
            Choice::InSmallTurns => Stride {
                inputs: 1,
                turns: 1,
                seals: true,
            },
            Choice::Random(chance, _) => Stride {
                inputs: 1 + chance.below(4) as usize,
                turns: 1 + chance.below(4) as usize,
                seals: chance.one_in(2),
            },
        }
    }

    /// Nobody can make a step: time passes, or something comes from outside.
    async fn idle(&mut self, flag: &Arc<Flag>) -> Result<(), Stopped> {
        let clock = self.process.clock.clone();
        if let Some(id) = self.slow.first().copied() {
            let Choice::Random(chance, _) = &mut self.choice else {
                return Ok(());
            };
            if !chance.one_in(2) || !self.pass() {
                self.slow.remove(&id);
            }
            return Ok(());
        }
        let rest = clock.rest();
        if rest.is_some() {
            if self.told != rest {
                self.told = rest;
                clock.bell().ring();
                return Ok(());
            }
            if self.pass() {
                return Ok(());
            }
        }
        let limit = match rest {
            Some(_) => STUCK_AFTER,
            None => ATTEMPT_STUCK_AFTER,
        };
        let process = self.process.clone();
        let woken = std::future::poll_fn(|cx| {
            process.sleeper.sleeps(cx.waker());
            match flag.is_up() || !process.ready().is_empty() {
                true => Poll::Ready(()),
                false => Poll::Pending,
            }
        });
        timeout(limit, woken).await.map_err(|_| {
            let running = self.process.pool.labels();
            Stopped::Stuck(match running.is_empty() {
                true => "it waits for something that nobody is going to do: no instance can run, \
                         no timer is set, and nothing has happened for 2 seconds"
                    .to_owned(),
                false => format!("for a minute it waits for {}", running.join(", ")),
            })
        })
    }
}
