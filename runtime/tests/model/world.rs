//! A world in which a random program runs on the kernel by a seed, while commits are lost, the process dies and
//! turns fail; whoever looks on is told of every commit and of all that goes in and out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use undying::core::limits::Bounds;
use undying::core::standing::Standing;
use undying::core::{
    Answer, AttemptEnded, Command, Effects, Number, Outcome, Program, StartAttempt, Suspects,
};
use undying::durable::Timestamp;
use undying::store::keys::Tag;
use undying::store::memory::{Fault, MemoryDisk};
use undying::store::{Batch, OpenStore, StoreError};

use crate::life::{Legacy, Life, Over, Question};
use crate::panics;

/// Who looks on.
pub(crate) trait Observer {
    /// A commit is durable.
    fn committed(&mut self, standing: &Standing, now: u64);
    /// A client asks this, perhaps not for the first time.
    fn asks(&mut self, command: &Command);
    /// It is answered. `asked` is how many commits there were when it asked.
    fn answered(&mut self, command: &Command, answer: &Answer, asked: u64);
    /// An attempt of an activity begins.
    fn begins(&mut self, start: &StartAttempt);
    /// What it comes to; `fails` if it may fail.
    fn outcome(&mut self, start: &StartAttempt, fails: bool) -> Outcome;
}

/// See the module.
pub(crate) struct World<O> {
    rng: StdRng,
    disk: MemoryDisk,
    program: Arc<dyn Program>,
    life: Option<Life>,
    suspects: Suspects,
    pub(crate) now: Timestamp,
    /// What the clients have not asked yet; the first of each list is being asked.
    clients: Vec<Vec<Command>>,
    /// Questions under way: whose they are, and how many commits there were before.
    open: BTreeMap<u64, (usize, u64)>,
    questions: u64,
    running: Vec<StartAttempt>,
    /// How many commits the observer was told of.
    seen: u64,
    /// What may still go wrong.
    faults: u32,
    /// The store loses one row of this kind when the process dies.
    pub(crate) loses: Option<Tag>,
    pub(crate) observer: O,
}

/// Until this time whatever has a time comes.
const END_MS: u64 = 1_000_000;

impl<O: Observer> World<O> {
    pub(crate) fn new(
        seed: u64,
        program: Arc<dyn Program>,
        clients: Vec<Vec<Command>>,
        observer: O,
    ) -> Self {
        panics::reset();
        let mut rng = StdRng::seed_from_u64(seed ^ 0x5eed);
        // One run in four is in peace.
        let faults = if rng.random_range(0..4) == 0 { 0 } else { 12 };
        let mut world = World {
            rng,
            disk: MemoryDisk::new(),
            program,
            life: None,
            suspects: Suspects::default(),
            now: Timestamp(1_000),
            clients,
            open: BTreeMap::new(),
            questions: 0,
            running: Vec::new(),
            seen: 0,
            faults,
            loses: None,
            observer,
        };
        world.open(Legacy::default());
        world
    }

    /// Runs until there is nothing left to do. Returns what stands then.
    pub(crate) fn run(&mut self) -> Standing {
        for _ in 0..200_000 {
            if self.step() || self.retry_parked() {
                continue;
            }
            match self.life().next_wake() {
                Some(at) if at.0 <= END_MS => self.now.0 = self.now.0.max(at.0),
                _ => return self.standing(),
            }
        }
        panic!("it does not come to rest");
    }

    /// What clients have asked and have no answer to.
    pub(crate) fn unanswered(&self) -> impl Iterator<Item = &Command> {
        self.clients.iter().filter_map(|commands| commands.first())
    }

    /// The process dies, and begins again.
    fn die(&mut self) {
        self.disk.crash();
        self.life = None;
        self.lose_a_row();
        self.running.clear();
        self.suspects.clear();
        self.open.clear();
        self.open(Legacy::default());
    }

    /// A store that keeps its promises does not.
    fn lose_a_row(&mut self) {
        let Some(tag) = self.loses else { return };
        let key = self.disk.rows().into_keys().find(|key| key[0] == tag as u8);
        let Some(key) = key else { return };
        // Commits that are planned to fail do.
        while self.disk.rows().contains_key(&key) {
            let store = self.disk.open().expect("it was closed");
            let mut batch = Batch::new();
            batch.delete(key.clone());
            let _ = store.commit(batch);
            self.disk.crash();
        }
        self.seen = self.disk.sequence();
        self.loses = None;
    }

    fn standing(&self) -> Standing {
        Standing::read(&self.disk.rows()).expect("what was written can be read")
    }

    fn random(&mut self, below: u64) -> u64 {
        self.rng.random_range(0..below.max(1))
    }

    fn life(&mut self) -> &mut Life {
        self.life.as_mut().expect("a life is open between steps")
    }

    fn open(&mut self, legacy: Legacy) {
        let store = self.disk.open().expect("it was closed");
        let clean = match legacy.epoch {
            0 => store.was_clean(),
            _ => legacy.clean,
        };
        let shards = 1 + self.random(3) as usize;
        let bounds = Bounds {
            idle_instances: self.random(4) as usize,
            mailbox_in_memory: self.random(4) as usize,
            turns_in_a_row: 1 + self.random(3) as u32,
            recovery_slice: 1 + self.random(4) as usize,
            early_events_kept_ms: 2 * END_MS,
            time_stands: true,
            ..Bounds::default()
        };
        let (program, now) = (&self.program, self.now);
        let life = Life::open(store, program, shards, &legacy, bounds, clean, now);
        self.life = Some(life);
    }

    /// One of the things that can happen now; which is the seed's choice. Returns whether there
    /// was one.
    fn step(&mut self) -> bool {
        if self.faults > 0 && self.random(40) == 0 {
            self.faults -= 1;
            match self.random(4) {
                0 => self.die(),
                1 => panics::soon(1 + self.random(6)),
                _ => {
                    let fault = [Fault::Lost, Fault::Landed][self.random(2) as usize];
                    let commit = self.disk.sequence() + 1 + self.random(3);
                    self.disk.fail_commit(commit, fault);
                }
            }
        }
        let kinds = 6;
        let first = self.random(kinds);
        (0..kinds).any(|kind| match (first + kind) % kinds {
            0 => self.ask(),
            1 => self.end_attempt(),
            2 => self.each_shard(|life, shard, now| life.deliver(shard, now)),
            3 => {
                let budget = 1 + self.random(4) as usize;
                self.each_shard(move |life, shard, now| life.run(shard, now, budget))
            }
            4 => self.each_shard(|life, shard, _| life.seal_if_asked(shard)),
            _ => self.commit(),
        })
    }

    fn each_shard(
        &mut self,
        step: impl Fn(&mut Life, usize, Timestamp) -> Result<bool, Over>,
    ) -> bool {
        let shards = self.life().shards.len();
        let first = self.random(shards as u64) as usize;
        (0..shards).any(|shard| {
            let shard = (first + shard) % shards;
            self.try_step(|life, now| step(life, shard, now))
        })
    }

    fn commit(&mut self) -> bool {
        let did = self.try_step(Life::commit);
        if self.faults > 0 && did && self.random(60) == 0 {
            self.faults -= 1;
            // What waited leaves, and then the process dies.
            for shard in 0..self.life().shards.len() {
                while self.try_step(|life, now| life.deliver(shard, now)) {}
            }
            self.die();
        }
        did
    }

    fn try_step(&mut self, step: impl FnOnce(&mut Life, Timestamp) -> Result<bool, Over>) -> bool {
        let now = self.now;
        let done = step(self.life(), now);
        // Whether or not anybody was told: what is durable has happened.
        if self.disk.sequence() > self.seen {
            self.seen = self.disk.sequence();
            let standing = self.standing();
            self.observer.committed(&standing, now.0);
        }
        self.effects();
        let over = match done {
            Ok(done) => return done,
            Err(over) => over,
        };
        match over {
            Over::Suspect(id, failures) => {
                self.suspects.insert(id, failures);
                let suspects = self.suspects.clone();
                let legacy = self.life().legacy(suspects);
                self.life = None;
                self.open.clear();
                self.open(legacy);
            }
            Over::Commit(error) => {
                assert!(matches!(error, StoreError::Unknown { .. }), "{error}");
                self.die();
            }
        }
        true
    }

    fn effects(&mut self) {
        for effects in std::mem::take(&mut self.life().effects) {
            let Effects {
                replies,
                starts,
                cancels,
            } = effects;
            for (Question(question), answer) in replies {
                if let Some((client, asked)) = self.open.remove(&question) {
                    let command = self.clients[client].remove(0);
                    self.observer.answered(&command, &answer, asked);
                }
            }
            for start in starts {
                self.observer.begins(&start);
                self.running.push(start);
            }
            self.stop(&cancels.into_iter().collect());
        }
    }

    fn stop(&mut self, cancels: &BTreeSet<(Number, u64)>) {
        self.running
            .retain(|start| !cancels.contains(&(start.instance, start.operation)));
    }

    /// A client that waits for nothing asks its next question.
    fn ask(&mut self) -> bool {
        let waits: BTreeSet<usize> = self.open.values().map(|(client, _)| *client).collect();
        let free = |client: &usize| !waits.contains(client) && !self.clients[*client].is_empty();
        let free: Vec<usize> = (0..self.clients.len()).filter(free).collect();
        if free.is_empty() {
            return false;
        }
        let client = free[self.random(free.len() as u64) as usize];
        self.questions += 1;
        let question = self.questions;
        self.open.insert(question, (client, self.seen));
        let command = self.clients[client][0].clone();
        self.observer.asks(&command);
        self.life().ask(command, Question(question));
        true
    }

    fn end_attempt(&mut self) -> bool {
        if self.running.is_empty() {
            return false;
        }
        let which = self.random(self.running.len() as u64) as usize;
        // What it came to may be told again.
        let start = match self.faults > 0 && self.random(8) == 0 {
            true => self.running[which].clone(),
            false => self.running.swap_remove(which),
        };
        let fails = self.faults > 0 && self.random(4) == 0;
        let outcome = self.observer.outcome(&start, fails);
        self.life().ended(AttemptEnded {
            instance: start.instance,
            operation: start.operation,
            attempt: start.attempt,
            outcome,
        });
        true
    }

    /// Whoever is parked, because its turns failed, goes on.
    fn retry_parked(&mut self) -> bool {
        let standing = self.standing();
        let mut parked = standing
            .instances
            .values()
            .filter(|one| one.parked.is_some());
        let Some(one) = parked.next() else {
            return false;
        };
        let command = Command::Retry { id: one.id.clone() };
        panics::reset();
        self.life().ask(command, Question(0));
        true
    }
}
