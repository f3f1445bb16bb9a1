//! The world under simulation: clients, a runner, time, and what goes wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use undying::core::limits::Bounds;
use undying::core::{
    Answer, AttemptEnded, Command, Description, Effects, Filter, Happened, HighWater, HistoryEntry,
    Number, Outcome, Program, REWIND_PART, StartAttempt, Status, Suspects,
};
use undying::durable::Timestamp;
use undying::store::keys::{Row, Tag, tag_range};
use undying::store::memory::{Fault, MemoryDisk};
use undying::store::{OpenStore, StoreError};

use crate::clients::Clients;
use crate::life::{Legacy, Life, Over, Question};
use crate::once::Once;
use crate::support::bodies::{ATTEMPTS, PANICS, RETENTION, UNSAVED};
use crate::support::entities::Purse;
use crate::support::failing::{paid, shut_for_good};
use crate::support::{Tests, step_of};

/// What may go wrong.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Plan {
    /// The process dies, or is closed and opened with another number of shards.
    pub(crate) crashes: bool,
    /// Commits fail, or nobody knows whether they did.
    pub(crate) commits: bool,
    /// Turns panic, frames cannot be saved.
    pub(crate) turns: bool,
    /// Attempts fail, answers come twice.
    pub(crate) attempts: bool,
}

impl Plan {
    pub(crate) const ALL: Plan = Plan {
        crashes: true,
        commits: true,
        turns: true,
        attempts: true,
    };
}

/// See the module.
pub(crate) struct World {
    rng: StdRng,
    plan: Plan,
    disk: MemoryDisk,
    program: Arc<dyn Program>,
    life: Option<Life>,
    suspects: Suspects,
    clients: Clients,
    now: Timestamp,
    /// Attempts under way; they outlive a life of the store, not the process.
    running: Vec<StartAttempt>,
    /// Attempts begun in this life: each once.
    begun: BTreeSet<(Number, u64, u32)>,
    /// The latest attempt of each call that began; and those before the last crash.
    latest: BTreeMap<(Number, u64), u32>,
    dead: BTreeMap<(Number, u64), u32>,
    /// Ended attempts that may be told again.
    told: Vec<StartAttempt>,
    /// No more faults.
    calm: bool,
}

const STEPS: u32 = 1_500;

impl World {
    pub(crate) fn new(seed: u64, plan: Plan) -> Self {
        PANICS.set(0);
        UNSAVED.set(0);
        RETENTION.set(plan.crashes.then_some(Duration::from_millis(60)));
        let mut world = World {
            rng: StdRng::seed_from_u64(seed),
            plan,
            disk: MemoryDisk::new(),
            program: Tests::new(),
            life: None,
            suspects: Suspects::default(),
            clients: Clients::default(),
            now: Timestamp(1_000),
            running: Vec::new(),
            begun: BTreeSet::new(),
            latest: BTreeMap::new(),
            dead: BTreeMap::new(),
            told: Vec::new(),
            calm: false,
        };
        world.open(Legacy::default());
        world
    }

    pub(crate) fn run(mut self) {
        for _ in 0..STEPS {
            self.step();
        }
        self.calm = true;
        PANICS.set(0);
        UNSAVED.set(0);
        self.quiesce();
        self.check_rest();
    }

    fn odds(&mut self, one_in: u32) -> bool {
        self.rng.random_range(0..one_in) == 0
    }

    fn life(&mut self) -> &mut Life {
        self.life.as_mut().expect("a life is open between steps")
    }

    fn open(&mut self, legacy: Legacy) {
        let store = self.disk.open().unwrap();
        let clean = if legacy.epoch > 0 {
            legacy.clean
        } else {
            store.was_clean()
        };
        let shards = self.rng.random_range(1..=4);
        let bounds = Bounds {
            idle_instances: self.rng.random_range(0..5),
            mailbox_in_memory: self.rng.random_range(0..3),
            epoch_bytes: self.rng.random_range(1_000..20_000),
            turns_in_a_row: self.rng.random_range(1..4),
            timer_horizon_ms: self.rng.random_range(500..5_000),
            timers_ahead: self.rng.random_range(2..40),
            recovery_slice: self.rng.random_range(1..5),
            history_entries: self.rng.random_range(1..50),
            // Longer than it takes to start who is waited for.
            early_events_kept_ms: 2_000_000,
            ..Bounds::default()
        };
        let (program, now) = (&self.program, self.now);
        let life = Life::open(store, program, shards, &legacy, bounds, clean, now);
        self.life = Some(life);
        self.begun.clear();
    }

    fn step(&mut self) {
        match self.rng.random_range(0..100) {
            0..6 => {
                let (kind, size) = (self.rng.random(), self.rng.random_range(0..6));
                let (question, command) = self.clients.start(kind, size);
                self.life().ask(command, Question(question));
            }
            6..12 => self.ask_again(),
            12..45 => {
                let shard = self.shard();
                self.try_step(|life, now| life.deliver(shard, now));
            }
            45..65 => {
                let (shard, budget) = (self.shard(), self.rng.random_range(1..6));
                self.try_step(|life, now| life.run(shard, now, budget));
            }
            65..75 => {
                let shard = self.shard();
                self.try_step(|life, _| life.seal_if_asked(shard));
            }
            75..85 => {
                self.try_step(Life::commit);
            }
            85..95 => self.end_attempt(),
            95..98 => self.now.0 += self.rng.random_range(0..40),
            _ => self.fault(),
        }
        self.effects();
    }

    fn shard(&mut self) -> usize {
        let shards = self.life().shards.len();
        self.rng.random_range(0..shards)
    }

    fn ask_again(&mut self) {
        if self.odds(4) {
            let (kind, coins) = (self.rng.random(), self.rng.random_range(0..6));
            let (question, command) = self.clients.once(kind, coins);
            self.life().ask(command, Question(question));
            return;
        }
        let known = self.clients.known.len();
        if known == 0 {
            return;
        }
        let which = self.rng.random_range(0..known);
        let id = self.clients.known.keys().nth(which).unwrap().clone();
        let kind = self.rng.random();
        let (question, command) = self.clients.again(id, kind);
        self.life().ask(command, Question(question));
    }

    fn end_attempt(&mut self) {
        if self.running.is_empty() {
            return;
        }
        let which = self.rng.random_range(0..self.running.len());
        let start = self.running.swap_remove(which);
        let outcome = self.outcome(&start);
        self.tell(&start, outcome);
        if self.plan.attempts && self.odds(4) {
            self.told.push(start);
        }
        if self.plan.attempts && !self.told.is_empty() && self.odds(4) {
            let which = self.rng.random_range(0..self.told.len());
            let again = self.told.swap_remove(which);
            let outcome = self.outcome(&again);
            self.tell(&again, outcome);
        }
    }

    fn tell(&mut self, start: &StartAttempt, outcome: Outcome) {
        self.life().ended(AttemptEnded {
            instance: start.instance,
            operation: start.operation,
            attempt: start.attempt,
            outcome,
        });
    }

    fn outcome(&mut self, start: &StartAttempt) -> Outcome {
        if start.entry.name == "pay" {
            return match self.rng.random_range(0..4) {
                0..2 if self.plan.attempts && !self.calm => shut_for_good(),
                _ => paid(&start.args),
            };
        }
        let may_fail = self.plan.attempts && !self.calm && start.attempt < ATTEMPTS;
        match self.rng.random_range(0..8) {
            0 if may_fail => Outcome::Panicked("it broke".to_owned()),
            1 if may_fail => Outcome::TimedOut { after_ms: 5 },
            // An error's value is right as well: it may be the last attempt.
            2 if self.plan.attempts => Outcome::Error(step_of(start)),
            _ => Outcome::Done(step_of(start)),
        }
    }

    fn fault(&mut self) {
        let plan = self.plan;
        match self.rng.random_range(0..6) {
            0 if plan.crashes => self.crash(),
            1 if plan.crashes => self.close(),
            2 | 3 if plan.commits => {
                let faults = [Fault::Lost, Fault::Landed, Fault::Full];
                let fault = faults[self.rng.random_range(0..3)];
                let sequence = self.disk.sequence() + self.rng.random_range(1..4);
                self.disk.fail_commit(sequence, fault);
            }
            4 if plan.turns => PANICS.set(self.rng.random_range(1..5)),
            5 if plan.turns => UNSAVED.set(self.rng.random_range(1..3)),
            _ => {}
        }
    }

    /// The process dies: memory, attempts and questions are gone.
    fn crash(&mut self) {
        self.disk.crash();
        self.life = None;
        self.dead.append(&mut self.latest);
        self.running.clear();
        self.told.clear();
        self.suspects.clear();
        self.clients.forget();
        self.now.0 += self.rng.random_range(0..100);
        self.open(Legacy::default());
    }

    /// The engine is shut down: the last commit, then the marker.
    fn close(&mut self) {
        for _ in 0..1_000 {
            let (now, mut busy) = (self.now, false);
            // A commit may fail even now, and the next life has to read what is runnable too.
            self.life().finish_recovery(now);
            for shard in 0..self.life().shards.len() {
                busy |= self.try_step(|life, now| life.deliver(shard, now));
                busy |= self.try_step(|life, _| life.seal_if_asked(shard));
            }
            busy |= self.try_step(Life::commit);
            self.effects();
            if !busy {
                break;
            }
        }
        let closed = self.life().store.close();
        assert!(closed.is_ok());
        self.life = None;
        self.running.clear();
        self.told.clear();
        self.suspects.clear();
        self.clients.forget();
        self.open(Legacy::default());
    }

    /// Does a step; when it ends this life, the next begins. Returns whether it did anything.
    fn try_step(&mut self, step: impl FnOnce(&mut Life, Timestamp) -> Result<bool, Over>) -> bool {
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
    fn effects(&mut self) {
        for effects in std::mem::take(&mut self.life().effects) {
            let Effects {
                replies,
                starts,
                cancels,
            } = effects;
            for (Question(question), answer) in replies {
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

    fn begin(&mut self, start: StartAttempt) {
        let Number { partition: vp, n } = start.instance;
        let row = Row::Inst { vp, n }.key();
        assert!(
            matches!(
                self.life().store.get(&row),
                Ok(Some(_)) | Err(StoreError::Closed)
            ),
            "an activity starts after its request is durable (rule 15)"
        );
        let attempt = (start.instance, start.operation, start.attempt);
        assert!(
            self.begun.insert(attempt),
            "an attempt begins once in a life: {attempt:?}"
        );
        let call = (start.instance, start.operation);
        if let Some(died) = self.dead.get(&call) {
            let counted = start.attempt > *died;
            assert!(
                counted,
                "an attempt that died is counted before the next begins (rule 18): {died} {start:?}"
            );
        }
        self.latest.insert(call, start.attempt);
        self.running.push(start);
    }

    /// Nothing fails any more: everything comes to its end.
    fn quiesce(&mut self) {
        for round in 0..60_000 {
            let mut busy = false;
            for shard in 0..self.life().shards.len() {
                // A step may end a life, and the next have fewer shards: then the rest does nothing.
                busy |= self.try_step(|life, now| life.deliver(shard, now));
                busy |= self.try_step(|life, now| life.run(shard, now, 64));
                busy |= self.try_step(|life, _| life.seal_if_asked(shard));
            }
            busy |= self.try_step(Life::commit);
            self.effects();
            while !self.running.is_empty() {
                self.end_attempt();
                busy = true;
            }
            if busy {
                continue;
            }
            // What nobody asked for, a tree's children say, comes to its end too.
            if self.clients.are_done() && !self.has_timers() {
                return;
            }
            if let Some(at) = self.life().next_wake() {
                self.now.0 = self.now.0.max(at.0) + 1;
            }
            if round % 5 == 0 {
                // Children that are parked have nobody else who lets them go on.
                for Description { id, .. } in self.list(Some(Status::Parked)) {
                    self.life().ask(Command::Retry { id }, Question(0));
                }
                for (question, command) in self.clients.insist() {
                    self.life().ask(command, Question(question));
                }
            }
        }
        self.show_rest();
        panic!("it does not come to rest");
    }

    /// What is under way, for a run that does not end.
    fn show_rest(&mut self) {
        let awake = self.life().next_wake();
        eprintln!("now {:?}, awake {awake:?}", self.now);
        for (id, known) in &self.clients.known {
            if !known.is_done() {
                eprintln!("{id}: {known:?}");
            }
        }
        for one in self.list(Some(Status::Running)) {
            eprintln!("{one:?}");
        }
        for key in self.disk.rows().keys() {
            if !matches!(Row::parse(key), Some(Row::Inst { .. } | Row::Name { .. })) {
                eprintln!("{}", undying::store::keys::display(key));
            }
        }
    }

    /// The instances that are in this place of their lives.
    fn list(&mut self, status: Option<Status>) -> Vec<Description> {
        let filter = Filter {
            statuses: status.into_iter().collect(),
            ..Filter::default()
        };
        let (now, life) = (self.now, self.life());
        let asked = Command::List(filter);
        let asked = life.shards[0].command(asked, Question(0), now, &life.store);
        assert!(asked.is_ok());
        let answers = life.shards[0].take_answers().into_iter();
        answers
            .flat_map(|(_, answer)| match answer {
                Answer::Listed(page, _) => page,
                other => panic!("{other:?}"),
            })
            .collect()
    }

    /// The state of a purse that has been used.
    fn purse(&mut self, entity: String) -> Purse {
        let (now, life) = (self.now, self.life());
        let command = Command::State { entity };
        let shard = life.shard_of(&command);
        let shard = &mut life.shards[shard];
        assert!(
            shard
                .command(command, Question(0), now, &life.store)
                .is_ok()
        );
        match shard.take_answers().pop() {
            Some((_, Answer::State(Some(state)))) => state.read().unwrap(),
            other => panic!("{other:?}"),
        }
    }

    fn has_timers(&mut self) -> bool {
        let (from, to) = tag_range(Tag::Timer);
        !self.life().store.scan(&from, &to, 1).unwrap().is_empty()
    }

    /// What is told of an instance is in order, and says once that it ended and of each call that
    /// it completed.
    fn check_histories(&mut self) {
        let ids: Vec<_> = self.clients.known.keys().cloned().collect();
        for id in ids {
            let entries = self.history(&id);
            let first = entries.first().map_or(0, |first| first.number);
            let mut completed = BTreeSet::new();
            let mut endings = 0;
            for (entry, number) in entries.iter().zip(first..) {
                assert_eq!(entry.number, number, "{id}: {entries:?}");
                match &entry.what {
                    Happened::ActivityCompleted { operation, .. }
                    | Happened::ChildEnded {
                        operation,
                        status: Status::Completed,
                        ..
                    }
                    | Happened::TimerFired { operation } => {
                        assert!(completed.insert(*operation), "{id}: {entries:?}");
                    }
                    Happened::Returned { .. }
                    | Happened::Cancelled
                    | Happened::Terminated { .. } => endings += 1,
                    _ => {}
                }
            }
            assert!(entries.is_sorted_by_key(|entry| entry.at), "{entries:?}");
            // What was spawned may complete after the end and push it out.
            assert!(endings == 1 || endings == 0 && first > 0 || entries.is_empty());
        }
    }

    fn history(&mut self, id: &str) -> Vec<HistoryEntry> {
        let (now, life) = (self.now, self.life.as_mut().expect("a life is open"));
        let (mut all, mut from) = (Vec::new(), 0);
        loop {
            let id = id.to_owned();
            let asked = Command::History { id, from };
            let shard = life.shard_of(&asked);
            let asked = life.shards[shard].command(asked, Question(0), now, &life.store);
            assert!(asked.is_ok());
            match life.shards[shard].take_answers().pop() {
                Some((_, Answer::History(page, next))) => {
                    all.extend(page);
                    match next {
                        Some(next) => from = next,
                        None => return all,
                    }
                }
                Some((_, Answer::NotFound)) => return all,
                other => panic!("{other:?}"),
            }
        }
    }

    /// No row of a purged instance is left (rule 26).
    fn check_purged(&self, number: Number) {
        let Number { partition: vp, n } = number;
        for (key, value) in self.disk.rows() {
            let of_it = match Row::parse(&key) {
                Some(Row::Name { vp: at, .. }) => at == vp && value.starts_with(&n.to_be_bytes()),
                Some(
                    Row::Inst { vp: at, n: of }
                    | Row::Run { vp: at, n: of }
                    | Row::Part { vp: at, n: of, .. }
                    | Row::Op { vp: at, n: of, .. }
                    | Row::Hist { vp: at, n: of, .. }
                    | Row::Timer { vp: at, n: of, .. },
                ) => (at, of) == (vp, n),
                _ => false,
            };
            let key = undying::store::keys::display(&key);
            assert!(!of_it, "left of {number}, which was purged: {key}");
        }
    }

    /// No entity is locked, and nobody holds one.
    fn check_locks(&mut self) {
        for Description { id, .. } in self.list(Some(Status::Running)) {
            let (now, life) = (self.now, self.life());
            let describe = Command::Describe { id };
            // At rest any shard can read it.
            let asked = life.shards[0].command(describe, Question(0), now, &life.store);
            assert!(asked.is_ok());
            for (_, answer) in life.shards[0].take_answers() {
                if let Answer::Description(found) = answer {
                    assert!(
                        found.locked_by.is_none() && found.holds.is_empty(),
                        "{found:?}"
                    );
                }
            }
        }
    }

    /// Nothing is left that could still do something.
    fn check_rest(&mut self) {
        assert!(self.clients.are_done());
        self.clients.check_answers();
        for (entity, expected) in self.clients.once.expected() {
            let purse = self.purse(entity);
            Once::check(expected, &purse);
        }
        let mut instances = 0;
        let mut names = 0;
        let failed = self.list(Some(Status::Failed));
        let failed: Vec<_> = failed.into_iter().map(|one| one.number).collect();
        for key in self.disk.rows().keys() {
            match Row::parse(key).expect("a row of the layout") {
                // Where a child can be rewound to whose parent was ended in another way.
                Row::Part { vp, n, part } if part == REWIND_PART => {
                    assert!(failed.contains(&Number { partition: vp, n }));
                }
                Row::Run { .. }
                | Row::Msg { .. }
                | Row::Timer { .. }
                | Row::Op { .. }
                | Row::Part { .. } => {
                    panic!("left at rest: {}", undying::store::keys::display(key));
                }
                Row::Inst { .. } => instances += 1,
                Row::Name { .. } => names += 1,
                _ => {}
            }
        }
        self.check_locks();
        assert_eq!(instances, names, "every instance has a name");
        assert_eq!(instances, self.list(None).len(), "nobody is left unborn");
        let stay = self.clients.known.values().filter(|known| known.stays());
        assert!(instances >= stay.count());
        self.check_histories();
    }
}
