//! The world under simulation: a life of the store, its clients, time, and what goes on step by step.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use rand::RngExt;
use undying::core::limits::Bounds;
use undying::core::{
    Command, Effects, HighWater, Number, Program, StartAttempt, Suspects, Versioning,
};
use undying::durable::{Timestamp, VersionMatch};
use undying::store::keys::Row;
use undying::store::memory::MemoryDisk;
use undying::store::{OpenStore, Pressure, StoreError};

use crate::clients::Clients;
use crate::faults::CrashPoint;
use crate::life::{Legacy, Life, Over, Question};
use crate::plan::Plan;
use crate::scheduler::{Actor, Policy, SHARDS, Scheduler};
use crate::support::Tests;
use crate::support::bodies::{PANICS, RETENTION, UNSAVED};
use crate::support::versioned::PROGRAM;

/// See the module.
pub(crate) struct World {
    pub(crate) scheduler: Scheduler,
    pub(crate) plan: Plan,
    pub(crate) disk: MemoryDisk,
    pub(crate) program: Arc<dyn Program>,
    pub(crate) life: Option<Life>,
    pub(crate) suspects: Suspects,
    pub(crate) clients: Clients,
    pub(crate) now: Timestamp,
    /// The wall clock stands still for so many more steps of time.
    pub(crate) frozen: u32,
    /// Attempts under way; they outlive a life of the store, not the process.
    pub(crate) running: Vec<StartAttempt>,
    /// Attempts begun in this life: each once.
    pub(crate) begun: BTreeSet<(Number, u64, u32)>,
    /// The latest attempt of each call that began; and those before the last crash.
    pub(crate) latest: BTreeMap<(Number, u64), u32>,
    pub(crate) dead: BTreeMap<(Number, u64), u32>,
    /// Ended attempts that may be told again.
    pub(crate) told: Vec<StartAttempt>,
    /// Where the process dies next.
    pub(crate) crash_point: Option<CrashPoint>,
    /// How often the process died.
    pub(crate) crashes: u32,
    /// No more faults.
    pub(crate) calm: bool,
    pub(crate) done: Done,
}

/// What a run did.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Done {
    pub(crate) trace: u64,
    /// Decisions of the scheduler, to the end of the faults.
    pub(crate) steps: u64,
    pub(crate) commits: u64,
    /// Instances whose state in memory was compared with what is durable.
    pub(crate) compared: u64,
    pub(crate) transfers: u64,
    pub(crate) clock_jumps: u64,
}

/// Twenty years of milliseconds.
const BEGINNING: Timestamp = Timestamp(631_152_000_000);

/// Longer than all jumps of the clock together.
const AGES_MS: u64 = 1_000 * 631_152_000_000;

impl World {
    /// Steps with faults in a run.
    pub(crate) const STEPS: u32 = 1_000;

    pub(crate) fn new(seed: u64, policy: Policy, plan: Option<Plan>) -> Self {
        let mut scheduler = Scheduler::new(seed, policy, Self::STEPS);
        let plan = plan.unwrap_or_else(|| Plan::draw(&mut scheduler.rng));
        PANICS.set(0);
        UNSAVED.set(0);
        PROGRAM.set(None);
        RETENTION.set(plan.crashes.then_some(Duration::from_millis(60)));
        let mut world = World {
            scheduler,
            plan,
            disk: MemoryDisk::new(),
            program: Tests::new(),
            life: None,
            suspects: Suspects::default(),
            clients: Clients::new(plan.busy),
            now: BEGINNING,
            frozen: 0,
            running: Vec::new(),
            begun: BTreeSet::new(),
            latest: BTreeMap::new(),
            dead: BTreeMap::new(),
            told: Vec::new(),
            crash_point: None,
            crashes: 0,
            calm: false,
            done: Done::default(),
        };
        world.change_program();
        world.open(Legacy::default());
        for (question, command) in world.clients.endow() {
            world.ask(question, command);
        }
        world
    }

    /// A run of so many steps with faults, then to its end without.
    pub(crate) fn run(mut self, steps: u32) -> Done {
        for _ in 0..steps {
            self.step();
        }
        self.calm();
        self.quiesce();
        self.check_rest();
        self.done.steps = u64::from(steps);
        self.done.commits = self.disk.sequence();
        self.done.trace = self.scheduler.trace.hash();
        self.done
    }

    pub(crate) fn life(&mut self) -> &mut Life {
        self.life.as_mut().expect("a life is open between steps")
    }

    /// What a life keeps in memory and does at a time: little, so that all of it is gone through.
    pub(crate) fn bounds(&mut self) -> Bounds {
        let busy = self.plan.busy && !self.calm;
        let rng = &mut self.scheduler.rng;
        Bounds {
            // Few, so that they are read again and again; or many, so that memory has them.
            idle_instances: [rng.random_range(0..5), 1_000][rng.random_range(0..2)],
            mailbox_in_memory: rng.random_range(0..3),
            epoch_bytes: rng.random_range(1_000..20_000),
            turns_in_a_row: rng.random_range(1..4),
            timer_horizon_ms: rng.random_range(500..5_000),
            timers_ahead: rng.random_range(2..40),
            recovery_slice: rng.random_range(1..5),
            history_entries: rng.random_range(1..50),
            // Longer than it takes to start who is waited for, and to ask again.
            early_events_kept_ms: AGES_MS,
            answers_kept_ms: AGES_MS,
            work: if busy {
                rng.random_range(1..20)
            } else {
                usize::MAX
            },
            ..Bounds::default()
        }
    }

    /// The next life begins.
    pub(crate) fn open(&mut self, legacy: Legacy) {
        let store = self.disk.open().unwrap();
        let store = self.scheduler.trace.of(store);
        let mut clean = legacy.clean;
        // A process begins; its time is never before what is durable (rule 35).
        if legacy.epoch == 0 {
            clean = store.was_clean();
            let durable = HighWater::read(&store).unwrap().now;
            self.now = durable.max(self.wall_clock());
        }
        let bounds = self.bounds();
        let shards = self.scheduler.rng.random_range(1..=SHARDS);
        let (program, now) = (&self.program, self.now);
        let life = Life::open(store, program, shards, &legacy, bounds, clean, now);
        self.life = Some(life);
        self.begun.clear();
        self.draw_crash_point();
    }

    /// The program of the next process.
    pub(crate) fn change_program(&mut self) {
        if !self.plan.versions {
            return;
        }
        let (version, takes) = (self.scheduler.rng.random_range(1..4), {
            let takes = [
                VersionMatch::Any,
                VersionMatch::CurrentOrOlder,
                VersionMatch::Strict,
            ];
            takes[self.scheduler.rng.random_range(0..3)]
        });
        let takes = if self.calm { VersionMatch::Any } else { takes };
        PROGRAM.set(Some((version, takes)));
        self.program = Tests::of(Versioning {
            version: Some(version.to_string().into()),
            takes,
        });
    }

    /// Who can do something.
    fn ready(&mut self) -> Vec<Actor> {
        let (now, full) = (self.now, matches!(self.pressure(), Pressure::Stop { .. }));
        let tries = full && self.scheduler.odds(20);
        let life = self.life();
        let mut ready = Vec::new();
        for (at, shard) in life.shards.iter().enumerate() {
            if !life.inboxes[at].is_empty() {
                ready.push(Actor::Deliver(at));
            }
            if shard.has_work() || shard.next_wake().is_some_and(|at| at <= now) {
                ready.push(Actor::Run(at));
            }
            if life.is_asked(at) {
                ready.push(Actor::Seal(at));
            }
        }
        // A batch that a full disk would refuse is kept, unless the disk is full only then.
        if life.can_commit() && (!full || tries || !life.is_sealed()) {
            ready.push(Actor::Commit);
        }
        if !self.running.is_empty() {
            ready.push(Actor::Attempts);
        }
        ready
    }

    fn step(&mut self) {
        let ready = self.ready();
        match self.scheduler.next(&ready) {
            Actor::Clients => self.clients(),
            Actor::Deliver(shard) => {
                self.try_step(|life, now| life.deliver(shard, now));
            }
            Actor::Run(shard) => {
                let budget = self.scheduler.rng.random_range(1..6);
                self.try_step(|life, now| life.run(shard, now, budget));
            }
            Actor::Seal(shard) => {
                self.try_step(|life, _| life.seal_if_asked(shard));
            }
            Actor::Commit => {
                self.commit();
            }
            Actor::Attempts => self.end_attempt(),
            Actor::Time => self.time_passes(),
            Actor::Faults => self.fault(),
        }
        self.effects();
        self.crash_while_recovering();
    }

    /// A client starts something, or asks for what is there.
    fn clients(&mut self) {
        let (kind, size) = (
            self.scheduler.rng.random(),
            self.scheduler.rng.random_range(0..6),
        );
        let (question, command) = match self.scheduler.rng.random_range(0..8) {
            0..4 => self.clients.start(kind, size),
            4 => self.clients.once(kind, size),
            _ => {
                let known = self.clients.known.len();
                if known == 0 {
                    return;
                }
                let which = self.scheduler.rng.random_range(0..known);
                let id = self.clients.known.keys().nth(which).unwrap().clone();
                self.clients.again(id, kind)
            }
        };
        self.ask(question, command);
    }

    /// A command arrives, or is refused because the disk is nearly full, as the engine does.
    pub(crate) fn ask(&mut self, question: u64, command: Command) {
        match self.pressure().admit() {
            Err(busy) if command.takes_space() => {
                let why = busy.to_string();
                self.clients
                    .told(question, undying::core::Answer::Busy { why });
            }
            _ => self.life().ask(command, Question(question)),
        }
    }

    /// Does a step; when it ends this life, the next begins. Returns whether it did anything.
    pub(crate) fn try_step(
        &mut self,
        step: impl FnOnce(&mut Life, Timestamp) -> Result<bool, Over>,
    ) -> bool {
        let now = self.now;
        let done = step(self.life(), now);
        let over = match done {
            Ok(done) => return done,
            Err(over) => over,
        };
        // What leaves has left; the rest of this life is dropped.
        self.effects();
        match over {
            Over::Suspect(number, failures) => {
                self.suspects.insert(number, failures);
            }
            Over::Commit(error) => {
                let planned = matches!(
                    error,
                    StoreError::Unknown { .. } | StoreError::OutOfSpace { .. }
                );
                assert!(planned, "{error}");
            }
        }
        let suspects = self.suspects.clone();
        let legacy = self.life().legacy(suspects);
        let unsure = self.life().unsure();
        self.life = None;
        self.open(legacy);
        let durable = HighWater::read(&self.life().store).unwrap().epoch;
        for (epoch, answers) in unsure {
            if epoch <= durable {
                for (Question(question), answer) in answers {
                    self.clients.told(question, answer);
                }
            }
        }
        // What was not done the engine asks again for the clients.
        let questions = self.clients.unanswered();
        for (question, command) in &questions {
            self.life().ask(command.clone(), Question(*question));
        }
        self.clients.reopen(questions);
        true
    }

    /// Takes what left.
    pub(crate) fn effects(&mut self) {
        for effects in std::mem::take(&mut self.life().effects) {
            let Effects {
                replies,
                starts,
                cancels,
            } = effects;
            for (Question(question), answer) in replies {
                self.scheduler.trace.note(question);
                self.scheduler.trace.print(&answer);
                if let Some(number) = self.clients.told(question, answer) {
                    self.check_purged(number);
                }
            }
            for start in starts {
                self.begin(start);
            }
            for (number, operation) in cancels {
                self.running
                    .retain(|start| (start.instance, start.operation) != (number, operation));
            }
        }
    }

    /// No row of a purged instance is left (rule 26).
    fn check_purged(&mut self, number: Number) {
        let left = self.rows_of(number);
        let left: Vec<_> = left
            .iter()
            .map(|key| undying::store::keys::display(key))
            .collect();
        assert!(left.is_empty(), "left of {number}, purged: {left:?}");
    }

    /// Whether it has a row now.
    pub(crate) fn is_durable(&mut self, Number { partition, n }: Number) -> bool {
        let row = Row::Inst { vp: partition, n }.key();
        let found = self.life().store.get(&row);
        matches!(found, Ok(Some(_)) | Err(StoreError::Closed))
    }
}
