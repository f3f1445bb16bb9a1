//! A world in which a program of machines runs to rest by a seed, and dies where it is told to.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use undying::core::limits::Bounds;
use undying::core::{
    Answer, AttemptEnded, Command, Effects, Ending, Outcome, StartAttempt, Suspects, Tags,
};
use undying::durable::rsm::{Rsm, RsmRef, Takes};
use undying::durable::{Named, OrchestrationCall, Persist, Timestamp};
use undying::schema::Stored;
use undying::store::memory::{Fault, MemoryDisk};
use undying::store::{OpenStore, StoreError};

use crate::hooked::{self, Items};
use crate::life::{Legacy, Life, Over, Question};

/// A program under test.
pub(crate) struct Case {
    pub(crate) items: Arc<Items>,
    /// What clients ask, one list each; each is asked until it is answered.
    pub(crate) clients: Vec<Vec<Command>>,
    /// What an attempt of an activity comes to.
    pub(crate) attempt: fn(&StartAttempt) -> Outcome,
    /// How long it takes at most, in milliseconds.
    pub(crate) takes_ms: u64,
    /// Time may pass while a machine is held up, as it does while one waits after a failure: for
    /// programs that show what they missed meanwhile.
    pub(crate) is_late: bool,
    /// What is looked at in the end.
    pub(crate) view: fn(&mut World) -> Vec<String>,
    /// How long time goes on while something is left to do.
    pub(crate) until_ms: u64,
}

/// Where a run is to die, or to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Crash {
    Never,
    /// Nothing fails, but any machine may be held up.
    HeldUp,
    /// This commit is lost, and so is the process.
    Lost(u64),
    /// This commit is on the disk, and nothing that waited for it has left.
    Landed(u64),
    /// This commit is on the disk, and what waited for it has left.
    After(u64),
    /// This turn of user code fails, before or after it has done its work.
    Fails(u64),
    /// The process dies in this turn.
    Dies(u64),
    /// Any of these, again and again.
    Often,
}

/// What a run came to, and how long it was.
#[derive(Debug)]
pub(crate) struct Came {
    pub(crate) seen: Vec<String>,
    pub(crate) commits: u64,
    pub(crate) turns: u64,
}

/// See the module.
pub(crate) struct World {
    seed: u64,
    disk: MemoryDisk,
    items: Arc<Items>,
    life: Option<Life>,
    suspects: Suspects,
    now: Timestamp,
    crash: Crash,
    /// What the clients have not asked yet; the first of each list is being asked.
    clients: Vec<Vec<Command>>,
    /// The machines that are held up.
    held: BTreeSet<String>,
    /// How many steps each still takes its time, and how many it takes before each question.
    leisure: Vec<(u64, u64)>,
    /// Questions under way, by their numbers: whose they are.
    open: BTreeMap<u64, usize>,
    questions: u64,
    looked: Option<Answer>,
    /// The attempts under way, and when each can end.
    running: Vec<(Timestamp, StartAttempt)>,
    attempt: fn(&StartAttempt) -> Outcome,
    takes_ms: u64,
    is_late: bool,
    /// Turns that were made to fail.
    failures: u32,
    until: Timestamp,
    /// What the activities have been told, each call once.
    pub(crate) said: BTreeSet<String>,
}

/// The question of the test itself.
const LOOK: u64 = 0;
/// The questions of whoever holds machines up.
const HOLD: u64 = u64::MAX;

/// Runs a program.
pub(crate) fn run(case: &Case, seed: u64, crash: Crash) -> Came {
    hooked::reset(match crash {
        Crash::Fails(turn) | Crash::Dies(turn) => turn,
        _ => 0,
    });
    let mut world = World {
        seed: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
        disk: MemoryDisk::new(),
        items: case.items.clone(),
        life: None,
        suspects: Suspects::default(),
        now: Timestamp(1_000),
        crash,
        clients: case.clients.clone(),
        held: BTreeSet::new(),
        leisure: Vec::new(),
        open: BTreeMap::new(),
        questions: 0,
        looked: None,
        running: Vec::new(),
        attempt: case.attempt,
        takes_ms: case.takes_ms,
        is_late: case.is_late,
        failures: 0,
        until: Timestamp(case.until_ms),
        said: BTreeSet::new(),
    };
    match crash {
        Crash::Lost(commit) => world.disk.fail_commit(commit, Fault::Lost),
        Crash::Landed(commit) => world.disk.fail_commit(commit, Fault::Landed),
        _ => {}
    }
    world.open(Legacy::default());
    for _ in &case.clients {
        let (first, each) = (world.random(4) * 60, world.random(3) * 10);
        world.leisure.push((first, each));
    }
    world.come_to_rest();
    world.check_nobody_is_parked();
    let seen = (case.view)(&mut world);
    // What was seen is what is stored.
    world.die();
    world.crash = Crash::Never;
    world.come_to_rest();
    assert_eq!((case.view)(&mut world), seen, "nothing else was in memory");
    Came {
        seen,
        commits: world.disk.sequence(),
        turns: hooked::count(),
    }
}

impl World {
    fn random(&mut self, below: u64) -> u64 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        self.seed % below.max(1)
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
        let program: Arc<dyn undying::core::Program> = self.items.clone();
        let bounds = Bounds {
            idle_instances: self.random(4) as usize,
            time_stands: true,
            ..Bounds::default()
        };
        let now = self.now;
        self.life = Some(Life::open(
            store, &program, shards, &legacy, bounds, clean, now,
        ));
    }

    /// The process dies, and begins again.
    fn die(&mut self) {
        self.disk.crash();
        self.life = None;
        self.running.clear();
        self.suspects.clear();
        self.open.clear();
        self.open(Legacy::default());
    }

    /// Runs until there is nothing left to do.
    fn come_to_rest(&mut self) {
        let mut idle = 0;
        for _ in 0..200_000 {
            if self.step() || ((!self.is_late || self.random(8) == 0) && self.let_go()) {
                idle = 0;
                continue;
            }
            // A life that has begun reads what it left, and does nothing else in that step.
            idle += 1;
            if idle < 3 {
                continue;
            }
            let wake = self.life().next_wake();
            let ends = self.running.iter().map(|(ends, _)| *ends);
            match ends.chain(wake).min() {
                Some(at) if at <= self.until => self.now = self.now.max(at),
                _ if self.let_go() => {}
                _ => return,
            }
        }
        panic!("it does not come to rest");
    }

    /// Holds up a machine, or lets it go on.
    fn hold_up(&mut self) {
        let Some(id) = hooked::known(self.random(1 << 20)) else {
            return;
        };
        let command = match self.held.remove(&id) {
            true => Command::Resume { id },
            false => {
                self.held.insert(id.clone());
                let reason = "it has time".to_owned();
                Command::Suspend { id, reason }
            }
        };
        self.life().ask(command, Question(HOLD));
    }

    /// Lets one machine go on that was held up. Returns whether there was one.
    fn let_go(&mut self) -> bool {
        let Some(id) = self.held.pop_first() else {
            return false;
        };
        self.life().ask(Command::Resume { id }, Question(HOLD));
        true
    }

    /// One of the things that can happen now; which is the seed's choice. Returns whether there
    /// was one.
    fn step(&mut self) -> bool {
        // In the last part of the time, which goes on for ever with some programs, all is repaired.
        let is_late = self.now.0 > self.until.0 / 4 * 3;
        if self.crash == Crash::Often && !is_late && self.random(60) == 0 {
            match self.random(3) {
                0 => self.die(),
                // A machine that fails three times in a row is parked.
                1 if self.failures < 2 => {
                    self.failures += 1;
                    hooked::fail_at(hooked::count() + 1 + self.random(5));
                }
                1 => {}
                _ => {
                    let fault = [Fault::Lost, Fault::Landed][self.random(2) as usize];
                    let commit = self.disk.sequence() + 1 + self.random(3);
                    self.disk.fail_commit(commit, fault);
                }
            }
        }
        if self.crash == Crash::HeldUp && self.random(25) == 0 {
            self.hold_up();
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
        let before = self.disk.sequence();
        let did = self.try_step(Life::commit);
        if self.disk.sequence() > before && self.crash == Crash::After(self.disk.sequence()) {
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
        if hooked::has_failed() && matches!(self.crash, Crash::Dies(_)) {
            self.die();
            return true;
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
                // The engine asks again what was not answered.
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
                if question == LOOK {
                    self.looked = Some(answer);
                } else if question == HOLD {
                    continue;
                } else if let Some(client) = self.open.remove(&question) {
                    let asked = self.clients[client].remove(0);
                    let good = matches!(answer, Answer::Started { .. } | Answer::Done);
                    assert!(good, "{asked:?} is answered {answer:?}");
                }
            }
            for start in starts {
                let takes = match self.takes_ms {
                    0 => 0,
                    most => self.random(most + 1),
                };
                let ends = Timestamp(self.now.0 + takes).min(Timestamp(self.until.0 / 4 * 3));
                self.running.push((ends.max(self.now), start));
            }
            for (number, operation) in cancels {
                self.running
                    .retain(|(_, start)| (start.instance, start.operation) != (number, operation));
            }
        }
    }

    /// A client that waits for nothing asks its next question.
    fn ask(&mut self) -> bool {
        let waits: BTreeSet<usize> = self.open.values().copied().collect();
        let free = |client: &usize| !waits.contains(client) && !self.clients[*client].is_empty();
        let mut free: Vec<usize> = (0..self.clients.len()).filter(free).collect();
        if free.is_empty() {
            return false;
        }
        for client in &free {
            let (left, _) = &mut self.leisure[*client];
            *left = left.saturating_sub(1);
        }
        free.retain(|client| self.leisure[*client].0 == 0);
        if free.is_empty() {
            return true;
        }
        let client = free[self.random(free.len() as u64) as usize];
        self.leisure[client].0 = self.leisure[client].1;
        self.questions += 1;
        let question = self.questions;
        self.open.insert(question, client);
        let command = self.clients[client][0].clone();
        self.life().ask(command, Question(question));
        true
    }

    fn end_attempt(&mut self) -> bool {
        let running = (0..self.running.len()).filter(|at| self.running[*at].0 <= self.now);
        let running: Vec<usize> = running.collect();
        if running.is_empty() {
            return false;
        }
        let which = running[self.random(running.len() as u64) as usize];
        let (_, start) = self.running.swap_remove(which);
        let outcome = (self.attempt)(&start);
        if matches!(outcome, Outcome::Done(_)) {
            self.said.extend(hooked::take_said());
        }
        self.life().ended(AttemptEnded {
            instance: start.instance,
            operation: start.operation,
            attempt: start.attempt,
            outcome,
        });
        true
    }

    /// Whether everything that there is can go on.
    fn check_nobody_is_parked(&mut self) {
        let parked = undying::Filter {
            statuses: vec![undying::Status::Parked],
            ..undying::Filter::default()
        };
        match self.look(Command::List(parked)) {
            Answer::Listed(page, _) => assert!(page.is_empty(), "{page:?}"),
            other => panic!("{other:?}"),
        }
    }

    /// Looks at something of a world at rest.
    fn look(&mut self, command: Command) -> Answer {
        let shard = self.life().shard_of(&command);
        let (now, life) = (self.now, self.life());
        let asked = life.shards[shard].command(&command, Question(LOOK), now, &life.store);
        assert!(asked.is_ok());
        let answers = life.shards[shard].take_answers();
        let mut answers = answers.into_iter();
        answers.next().expect("at rest all is durable").1
    }

    /// The fields of a machine.
    pub(crate) fn fields<M: Rsm>(&mut self, machine: &RsmRef<M>) -> Option<M> {
        let entity = machine.id().to_owned();
        match self.look(Command::State { entity }) {
            Answer::State(state) => state.map(|state| state.read().expect("its fields")),
            other => panic!("{machine}: {other:?}"),
        }
    }

    /// What an orchestration has returned.
    pub(crate) fn result<T: Persist>(&mut self, id: &str) -> T {
        match self.look(Command::Result { id: id.to_owned() }) {
            Answer::Ended(Ending::Completed(value)) => value.read().expect("its result"),
            other => panic!("{id}: {other:?}"),
        }
    }

    /// The ids of the instances that there are.
    pub(crate) fn ids(&mut self) -> Vec<String> {
        match self.look(Command::List(undying::Filter::default())) {
            Answer::Listed(page, _) => {
                let mut ids: Vec<_> = page.into_iter().map(|found| found.id).collect();
                ids.sort();
                ids
            }
            other => panic!("{other:?}"),
        }
    }
}

/// A client creates a machine.
pub(crate) fn create<M: Rsm>(machine: &RsmRef<M>, init: M::Init) -> Command {
    Command::Start {
        id: machine.id().to_owned(),
        name: M::NAME.to_owned(),
        args: Stored::write(&init).expect("it can be written"),
        tags: Tags::new(),
        replaces: None,
    }
}

thread_local! {
    static KEYS: Cell<u64> = const { Cell::new(0) };
}

/// A client sends an event, once.
pub(crate) fn send<M: Takes<E>, E: Persist>(machine: &RsmRef<M>, event: &E) -> Command {
    KEYS.set(KEYS.get() + 1);
    Command::Raise {
        id: machine.id().to_owned(),
        name: M::EVENT.to_owned(),
        value: Stored::write(event).expect("it can be written"),
        early: true,
        waits: false,
        key: Some(format!("{}/{}", machine.id(), KEYS.get())),
    }
}

/// A client starts an orchestration.
pub(crate) fn start<O: OrchestrationCall>(id: &str, args: O::Args) -> Command {
    Command::Start {
        id: id.to_owned(),
        name: O::NAME.to_owned(),
        args: Stored::write(&Named::<O>(args)).expect("they can be written"),
        tags: Tags::new(),
        replaces: None,
    }
}
