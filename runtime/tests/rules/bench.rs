//! A kernel in slow motion: a test says when shards run, when the epoch is committed, who dies.

use std::sync::Arc;

use undying::__private::Arg;
use undying::core::limits::Bounds;
use undying::core::{
    Answer, AttemptEnded, Command, Description, Ending, Number, Outcome, Program, StartAttempt,
    Suspects, Tags, Versioning,
};
use undying::durable::{Named, OrchestrationCall, Timestamp, VersionMatch};
use undying::schema::Stored;
use undying::store::keys::{Row, Tag};
use undying::store::memory::MemoryDisk;
use undying::store::{OpenStore, StoreError};

use crate::life::{Input, Legacy, Life, Over, Question};
use crate::support::{Tests, step_of};

/// See the module.
pub(crate) struct Bench {
    pub(crate) disk: MemoryDisk,
    program: Arc<dyn Program>,
    pub(crate) bounds: Bounds,
    pub(crate) shards: usize,
    life: Option<Life>,
    pub(crate) now: Timestamp,
    told: Vec<(u64, Answer)>,
    /// Attempts that were begun and have not been ended.
    pub(crate) started: Vec<StartAttempt>,
    /// Calls whose attempts were cancelled.
    pub(crate) cancelled: Vec<(Number, u64)>,
    questions: u64,
    /// Why the last life ended.
    pub(crate) over: Option<Over>,
    suspects: Suspects,
}

impl Bench {
    /// One shard over an empty disk.
    pub(crate) fn new() -> Self {
        Bench::with(1, Bounds::default())
    }

    pub(crate) fn with(shards: usize, bounds: Bounds) -> Self {
        Bench::on(MemoryDisk::new(), shards, bounds)
    }

    pub(crate) fn on(disk: MemoryDisk, shards: usize, bounds: Bounds) -> Self {
        let mut bench = Bench {
            disk,
            program: Tests::new(),
            bounds,
            shards,
            life: None,
            now: Timestamp(1_000),
            told: Vec::new(),
            started: Vec::new(),
            cancelled: Vec::new(),
            questions: 0,
            over: None,
            suspects: Suspects::default(),
        };
        bench.open(Legacy::default());
        bench
    }

    fn open(&mut self, legacy: Legacy) {
        let store = self.disk.open().unwrap();
        let clean = match legacy.epoch {
            0 => store.was_clean(),
            _ => legacy.clean,
        };
        let (program, bounds) = (&self.program, self.bounds);
        self.life = Some(Life::open(
            store,
            program,
            self.shards,
            &legacy,
            bounds,
            clean,
            self.now,
        ));
    }

    pub(crate) fn life(&mut self) -> &mut Life {
        self.life.as_mut().unwrap()
    }

    /// The process dies and starts again.
    pub(crate) fn crash(&mut self) {
        self.disk.crash();
        self.life = None;
        self.started.clear();
        self.open(Legacy::default());
    }

    /// The process dies and another program starts.
    pub(crate) fn deploy(&mut self, version: Option<&str>, takes: VersionMatch) {
        let version = version.map(Into::into);
        self.program = Tests::of(Versioning { version, takes });
        self.crash();
        self.commit();
    }

    /// The engine is closed in order and opened again.
    pub(crate) fn close(&mut self) {
        self.commit();
        self.life().store.close().unwrap();
        self.life = None;
        self.started.clear();
        self.open(Legacy::default());
    }

    /// The process dies, and the next life measures every turn by itself (rule 33).
    pub(crate) fn suspect_all(&mut self) {
        self.next_life(Over::Commit(StoreError::TooLarge {
            what: "a batch".to_owned(),
            size: 2,
            limit: 1,
        }));
    }

    /// A life of the store ended; the next begins in the same process.
    fn next_life(&mut self, over: Over) {
        if let Over::Suspect(id, failures) = &over {
            self.suspects.insert(id.clone(), *failures);
        }
        let suspects = self.suspects.clone();
        let mut legacy = self.life().legacy(suspects);
        legacy.careful = matches!(over, Over::Commit(StoreError::TooLarge { .. }));
        self.over = Some(over);
        self.life = None;
        self.open(legacy);
    }

    pub(crate) fn ask(&mut self, command: Command) -> u64 {
        self.questions += 1;
        let question = self.questions;
        self.life().ask(command, Question(question));
        self.settle();
        question
    }

    /// What was answered to a question, if anything left.
    pub(crate) fn answer(&self, question: u64) -> Option<&Answer> {
        let mut told = self.told.iter().filter(|(to, _)| *to == question);
        let answer = told.next();
        assert!(told.next().is_none(), "a question is answered once");
        answer.map(|(_, answer)| answer)
    }

    pub(crate) fn start<O: OrchestrationCall<Args = (Arg<u64>, Arg<u64>)>>(
        &mut self,
        id: &str,
        a: u64,
        b: u64,
    ) -> u64 {
        self.ask(start::<O>(id, a, b))
    }

    pub(crate) fn result(&mut self, id: &str) -> Option<Answer> {
        let question = self.ask(Command::Result { id: id.to_owned() });
        self.answer(question).cloned()
    }

    /// The value an instance has returned.
    pub(crate) fn value(&mut self, id: &str) -> u64 {
        match self.result(id) {
            Some(Answer::Ended(Ending::Completed(value))) => value.read().unwrap(),
            other => panic!("{id}: {other:?}"),
        }
    }

    pub(crate) fn describe(&mut self, id: &str) -> Description {
        self.commit();
        let question = self.ask(Command::Describe { id: id.to_owned() });
        match self.answer(question) {
            Some(Answer::Description(description)) => (**description).clone(),
            other => panic!("{id}: {other:?}"),
        }
    }

    /// What is answered to a command once it is durable.
    pub(crate) fn told(&mut self, command: Command) -> Answer {
        let question = self.ask(command);
        self.commit();
        self.answer(question).cloned().expect("an answer")
    }

    /// Lets every shard take its inputs and run, without a commit.
    pub(crate) fn settle(&mut self) {
        loop {
            let mut busy = false;
            for shard in 0..self.shards {
                let now = self.now;
                let life = self.life();
                let step = life
                    .deliver(shard, now)
                    .and_then(|delivered| life.run(shard, now, 64).map(|ran| delivered || ran));
                match step {
                    Ok(did) => busy |= did,
                    Err(over) => return self.next_life(over),
                }
            }
            self.effects();
            if !busy {
                return;
            }
        }
    }

    /// One epoch: every shard seals, the batch is committed, what waited leaves.
    pub(crate) fn commit(&mut self) {
        self.settle();
        let now = self.now;
        for _ in 0..2 {
            if let Err(over) = self.life().commit(now) {
                return self.next_life(over);
            }
            for shard in 0..self.shards {
                while let Some(Input::Cut(_) | Input::Durable(_)) =
                    self.life().inboxes[shard].front()
                {
                    let life = self.life();
                    let sealed = life
                        .deliver(shard, now)
                        .and_then(|_| life.seal_if_asked(shard));
                    if let Err(over) = sealed {
                        return self.next_life(over);
                    }
                }
            }
        }
        self.effects();
    }

    fn effects(&mut self) {
        for effects in std::mem::take(&mut self.life().effects) {
            let replies = effects.replies.into_iter();
            self.told
                .extend(replies.map(|(Question(to), answer)| (to, answer)));
            self.started.extend(effects.starts);
            self.cancelled.extend(effects.cancels);
        }
    }

    /// Ends the oldest attempt under way.
    pub(crate) fn end(&mut self, outcome: Outcome) {
        let start = self.started.remove(0);
        self.tell(&start, outcome);
    }

    pub(crate) fn tell(&mut self, start: &StartAttempt, outcome: Outcome) {
        self.life().ended(AttemptEnded {
            instance: start.instance,
            operation: start.operation,
            attempt: start.attempt,
            outcome,
        });
        self.settle();
    }

    /// Ends the oldest attempt under way as it should end, and commits.
    pub(crate) fn step(&mut self) {
        let right = step_of(&self.started[0]);
        self.end(Outcome::Done(right));
        self.commit();
    }

    /// Ends an attempt if there is one, and commits.
    pub(crate) fn step_or_commit(&mut self) {
        match self.started.is_empty() {
            true => self.commit(),
            false => self.step(),
        }
    }

    /// Commits and ends attempts until nothing is under way.
    pub(crate) fn finish(&mut self) {
        for _ in 0..10_000 {
            self.commit();
            if self.started.is_empty() {
                return;
            }
            while !self.started.is_empty() {
                let right = step_of(&self.started[0]);
                self.end(Outcome::Done(right));
            }
        }
        panic!("it does not end");
    }

    /// How many rows of a kind are durable.
    pub(crate) fn rows(&self, tag: Tag) -> usize {
        let rows = self.disk.rows();
        rows.keys().filter(|key| key[0] == tag as u8).count()
    }

    /// The durable form of an instance.
    pub(crate) fn row(&self, number: Number) -> Option<Vec<u8>> {
        let Number { partition: vp, n } = number;
        self.disk.rows().get(&Row::Inst { vp, n }.key()).cloned()
    }
}

pub(crate) fn start<O: OrchestrationCall<Args = (Arg<u64>, Arg<u64>)>>(
    id: &str,
    a: u64,
    b: u64,
) -> Command {
    Command::Start {
        id: id.to_owned(),
        name: O::NAME.to_owned(),
        args: Stored::write(&Named::<O>((Arg(a), Arg(b)))).unwrap(),
        tags: Tags::new(),
        replaces: None,
    }
}
