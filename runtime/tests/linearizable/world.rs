//! The world of a history: clients, the kernel in small steps, and what goes wrong; all by a seed.

use std::any::TypeId;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use undying::core::limits::Bounds;
use undying::core::{
    Answer, AttemptEnded, Command, HighWater, Outcome, Program, StartAttempt, Suspects,
};
use undying::durable::{Entry, Timestamp};
use undying::schema::Stored;
use undying::store::OpenStore;
use undying::store::memory::{Fault, MemoryDisk};

use crate::history::Asked;
use crate::life::{Legacy, Life, Over, Question};

/// The functions of a program.
pub(crate) struct Items(Vec<Arc<Entry>>);

impl Items {
    pub(crate) fn program(entries: impl IntoIterator<Item = Entry>) -> Arc<dyn Program> {
        Arc::new(Items(entries.into_iter().map(Arc::new).collect()))
    }

    fn find(&self, is_it: impl Fn(&Entry) -> bool) -> Option<Arc<Entry>> {
        self.0.iter().find(|entry| is_it(entry)).cloned()
    }
}

impl Program for Items {
    fn orchestration(&self, name: &str) -> Option<Arc<Entry>> {
        self.find(|entry| entry.name == name)
    }
    fn activity(&self, name: &str) -> Option<Arc<Entry>> {
        self.find(|entry| entry.name == name)
    }
    fn entity(&self, name: &str) -> Option<Arc<Entry>> {
        self.find(|entry| entry.name == name)
    }
    fn by_call(&self, call: TypeId) -> Option<Arc<Entry>> {
        self.find(|entry| (entry.call)() == call)
    }
}

/// What a client will ask.
#[derive(Debug, Clone)]
pub(crate) struct Ask<Q> {
    pub(crate) key: usize,
    pub(crate) question: Q,
    pub(crate) command: Command,
}

/// A client, and the question it waits for: its place in the history.
struct Client<Q> {
    asks: VecDeque<Ask<Q>>,
    waits_for: Option<usize>,
}

/// Nothing fails any more when so many questions were lost.
const DOUBTS: usize = 6;

/// See the module.
pub(crate) struct World<Q, A> {
    rng: StdRng,
    fails: bool,
    disk: MemoryDisk,
    program: Arc<dyn Program>,
    life: Option<Life>,
    now: Timestamp,
    clients: Vec<Client<Q>>,
    history: Vec<Asked<Q, A>>,
    commands: BTreeMap<usize, Command>,
    /// Attempts of activities, which return nothing.
    running: Vec<StartAttempt>,
    events: i64,
    read: fn(Answer) -> Option<A>,
}

/// Runs clients to their end; `read` gives none for what says that it is in doubt.
pub(crate) fn run<Q: Clone, A>(
    program: Arc<dyn Program>,
    clients: Vec<Vec<Ask<Q>>>,
    read: fn(Answer) -> Option<A>,
    seed: u64,
    fails: bool,
) -> Vec<Asked<Q, A>> {
    let clients = clients.into_iter().map(|asks| Client {
        asks: asks.into(),
        waits_for: None,
    });
    let mut world = World {
        rng: StdRng::seed_from_u64(seed),
        fails,
        disk: MemoryDisk::new(),
        program,
        life: None,
        now: Timestamp(1_000),
        clients: clients.collect(),
        history: Vec::new(),
        commands: BTreeMap::new(),
        running: Vec::new(),
        events: 0,
        read,
    };
    world.open(Legacy::default());
    world.live();
    world.history
}

impl<Q: Clone, A> World<Q, A> {
    fn live(&mut self) {
        let (mut answered, mut jumps) = (0, 0);
        loop {
            let mut idle = 0;
            // Long after nothing happened any more.
            while idle < 400 {
                idle = if self.step() { 0 } else { idle + 1 };
            }
            // A pause may be under way before something is tried again. What is swept up later and
            // later answers nobody.
            if self.events > answered {
                (answered, jumps) = (self.events, 0);
            }
            jumps += 1;
            if jumps <= 5
                && let Some(at) = self.life().next_wake()
            {
                self.now = self.now.max(at);
                continue;
            }
            let asks = self.clients.iter().any(|client| !client.asks.is_empty());
            let waits = self.commands.values();
            let ends = |command: &Command| matches!(command, Command::Result { .. });
            assert!(waits.clone().all(ends), "never answered: {waits:?}");
            if !asks {
                return;
            }
            // Who waits for an end that may never come goes on, and may be told of it later.
            for client in &mut self.clients {
                client.waits_for = None;
            }
        }
    }

    fn odds(&mut self, one_in: u32) -> bool {
        self.rng.random_range(0..one_in) == 0
    }

    fn life(&mut self) -> &mut Life {
        self.life.as_mut().unwrap()
    }

    fn open(&mut self, legacy: Legacy) {
        let store = self.disk.open().unwrap();
        let clean = match legacy.epoch {
            0 => store.was_clean(),
            _ => legacy.clean,
        };
        let shards = self.rng.random_range(1..=4);
        let bounds = Bounds {
            idle_instances: self.rng.random_range(0..4),
            mailbox_in_memory: self.rng.random_range(0..3),
            turns_in_a_row: self.rng.random_range(1..4),
            recovery_slice: self.rng.random_range(1..5),
            ..Bounds::default()
        };
        let (program, now) = (&self.program, self.now);
        let life = Life::open(store, program, shards, &legacy, bounds, clean, now);
        self.life = Some(life);
    }

    /// One of the things that can happen. Returns whether anything did.
    fn step(&mut self) -> bool {
        let shards = self.life().shards.len();
        let shard = self.rng.random_range(0..shards);
        match self.rng.random_range(0..200) {
            0..24 => self.ask(),
            24..90 => self.try_step(|life, now| life.deliver(shard, now)),
            90..130 => {
                let budget = self.rng.random_range(1..5);
                self.try_step(|life, now| life.run(shard, now, budget))
            }
            130..156 => self.try_step(|life, _| life.seal_if_asked(shard)),
            156..184 => self.try_step(Life::commit),
            184..191 => self.end_attempt(),
            191..198 => {
                self.now.0 += self.rng.random_range(0..20);
                false
            }
            _ => {
                if self.fails && self.clients.iter().any(|client| !client.asks.is_empty()) {
                    self.fail();
                }
                false
            }
        }
    }

    /// A client that waits for nothing asks its next question.
    fn ask(&mut self) -> bool {
        let free = |client: &usize| {
            let client = &self.clients[*client];
            client.waits_for.is_none() && !client.asks.is_empty()
        };
        let free: Vec<_> = (0..self.clients.len()).filter(free).collect();
        if free.is_empty() {
            return false;
        }
        let number = free[self.rng.random_range(0..free.len())];
        let client = &mut self.clients[number];
        let ask = client.asks.pop_front().unwrap();
        let place = self.history.len();
        client.waits_for = Some(place);
        self.events += 1;
        self.history.push(Asked {
            client: number,
            key: ask.key,
            question: ask.question,
            answer: None,
            called: self.events,
            returned: i64::MAX,
        });
        self.put(place, ask.command);
        true
    }

    fn end_attempt(&mut self) -> bool {
        let Some(start) = self.running.pop() else {
            return false;
        };
        self.life().ended(AttemptEnded {
            instance: start.instance,
            operation: start.operation,
            attempt: start.attempt,
            outcome: Outcome::Done(Stored::write(&()).unwrap()),
        });
        true
    }

    fn put(&mut self, place: usize, command: Command) {
        self.commands.insert(place, command.clone());
        self.life().ask(command, Question(place as u64));
    }

    fn told(&mut self, Question(question): Question, answer: Answer) {
        let place = question as usize;
        let Some(command) = self.commands.remove(&place) else {
            panic!("it is answered twice: {answer:?}");
        };
        assert!(!matches!(answer, Answer::Busy { .. }), "{command:?}");
        let asked = &mut self.history[place];
        self.clients[asked.client]
            .waits_for
            .take_if(|waits_for| *waits_for == place);
        asked.answer = (self.read)(answer);
        if asked.answer.is_some() {
            self.events += 1;
            asked.returned = self.events;
        }
    }

    fn fail(&mut self) {
        // Each more that nobody knows about doubles what the checker has to try.
        let places = self.history.iter().enumerate();
        let lost = places
            .filter(|(place, asked)| asked.answer.is_none() && !self.commands.contains_key(place));
        if lost.count() >= DOUBTS {
            return;
        }
        if self.odds(2) {
            return self.crash();
        }
        let fault = [Fault::Lost, Fault::Landed, Fault::Full][self.rng.random_range(0..3)];
        let commit = self.disk.sequence() + self.rng.random_range(1..4);
        self.disk.fail_commit(commit, fault);
    }

    /// The process dies. Who asked with an idempotency key asks again, or gives up; others go on with
    /// their next question.
    fn crash(&mut self) {
        self.disk.crash();
        self.life = None;
        self.running.clear();
        self.open(Legacy::default());
        for (place, command) in std::mem::take(&mut self.commands) {
            let has_key = matches!(
                command,
                Command::Operate { key: Some(_), .. } | Command::Raise { key: Some(_), .. }
            );
            if has_key && !self.odds(4) {
                self.put(place, command);
            } else {
                let client = self.history[place].client;
                self.clients[client]
                    .waits_for
                    .take_if(|waits_for| *waits_for == place);
            }
        }
    }

    fn try_step(&mut self, step: impl FnOnce(&mut Life, Timestamp) -> Result<bool, Over>) -> bool {
        let now = self.now;
        let done = step(self.life(), now);
        self.effects();
        let over = match done {
            Ok(done) => return done,
            Err(over) => over,
        };
        assert!(matches!(over, Over::Commit(_)), "{over:?}");
        // As the engine does: what is durable is answered, what may be repeated is asked again.
        let legacy = self.life().legacy(Suspects::default());
        let unsure = self.life().unsure();
        self.life = None;
        self.open(legacy);
        let durable = HighWater::read(&self.life().store).unwrap().epoch;
        for (epoch, answers) in unsure {
            if epoch <= durable {
                for (question, answer) in answers {
                    self.told(question, answer);
                }
            }
        }
        for (place, command) in std::mem::take(&mut self.commands) {
            if command.may_be_repeated() {
                self.put(place, command);
            } else {
                self.commands.insert(place, command);
                self.told(Question(place as u64), Answer::InDoubt);
            }
        }
        true
    }

    fn effects(&mut self) {
        for effects in std::mem::take(&mut self.life().effects) {
            for (question, answer) in effects.replies {
                self.told(question, answer);
            }
            self.running.extend(effects.starts);
            for (instance, operation) in effects.cancels {
                self.running
                    .retain(|start| (start.instance, start.operation) != (instance, operation));
            }
        }
    }
}
