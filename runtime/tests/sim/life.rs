//! One life of the store under simulation: shards, their inboxes, and a committer in small steps.

use std::collections::VecDeque;
use std::sync::Arc;

use rustc_hash::FxHashSet;
use undying::core::limits::Bounds;
use undying::core::{
    Answer, AttemptEnded, Bundle, CannotSeal, Command, Effects, HighWater, Opening, Partitions,
    Program, ReadError, Reply, RunError, Sealed, Shard, Suspects, merge,
};
use undying::durable::Timestamp;
use undying::store::{Key, Store, StoreError};

/// Who asked: the number of the question.
#[derive(Debug)]
pub(crate) struct Question(pub u64);

impl Reply for Question {
    fn is_gone(&self) -> bool {
        false
    }
}

/// What a shard is told, as by the engine's threads.
#[derive(Debug)]
pub(crate) enum Input {
    Command(Command, Question),
    Ended(AttemptEnded),
    Bundle(Bundle),
    Cut(u64),
    Durable(u64),
}

/// Why a life ends.
#[derive(Debug)]
pub(crate) enum Over {
    Suspect(Arc<str>, u32),
    Commit(StoreError),
}

/// What one life hands on to the next.
#[derive(Debug, Default)]
pub(crate) struct Legacy {
    pub(crate) epoch: u64,
    pub(crate) floors: Vec<(u16, u64)>,
    /// Everything an unclean close left has been counted.
    pub(crate) clean: bool,
    pub(crate) suspects: Suspects,
    /// An epoch was too large for the store.
    pub(crate) careful: bool,
}

/// See the module.
pub(crate) struct Life {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) shards: Vec<Shard<Question>>,
    pub(crate) inboxes: Vec<VecDeque<Input>>,
    partitions: Partitions,
    cut: Vec<bool>,
    epoch: u64,
    clean: bool,
    cutting: bool,
    sealed: Vec<Sealed>,
    books: FxHashSet<Key>,
    /// Turns of user code.
    pub(crate) turns: usize,
    /// Messages that nobody could take.
    pub(crate) dead_letters: usize,
    /// What left since it was taken last.
    pub(crate) effects: Vec<Effects<Question>>,
}

impl Life {
    pub(crate) fn open(
        store: Arc<dyn Store>,
        program: &Arc<dyn Program>,
        shards: usize,
        legacy: &Legacy,
        bounds: Bounds,
        clean: bool,
        now: Timestamp,
    ) -> Self {
        let partitions = Partitions::new(8, shards);
        let epoch = HighWater::read(&store).unwrap().epoch.max(legacy.epoch) + 1;
        let open = |index| {
            let opening = Opening {
                index,
                partitions,
                program: program.clone(),
                caps: store.caps(),
                bounds,
                epoch,
                floors: &legacy.floors,
                clean,
                suspects: legacy.suspects.clone(),
                careful: legacy.careful,
                deaths: Vec::new(),
                now,
            };
            Shard::open(opening, &store).unwrap()
        };
        let shards: Vec<_> = (0..partitions.shards()).map(open).collect();
        Life {
            inboxes: shards.iter().map(|_| VecDeque::new()).collect(),
            cut: vec![false; shards.len()],
            shards,
            partitions,
            epoch,
            clean,
            cutting: false,
            sealed: Vec::new(),
            books: FxHashSet::default(),
            turns: 0,
            dead_letters: 0,
            effects: Vec::new(),
            store,
        }
    }

    pub(crate) fn legacy(&self, suspects: Suspects) -> Legacy {
        Legacy {
            epoch: self.epoch + 1,
            clean: !self.shards.iter().any(Shard::is_recovering) || self.clean,
            floors: self.shards.iter().flat_map(Shard::next_numbers).collect(),
            suspects,
            careful: false,
        }
    }

    /// This life is over: the answers that are right if their commit is durable, by its epoch.
    pub(crate) fn unsure(&mut self) -> Vec<(u64, Vec<(Question, Answer)>)> {
        let shards = self.shards.iter_mut();
        shards.filter_map(Shard::take_unsure).collect()
    }

    pub(crate) fn finish_recovery(&mut self, now: Timestamp) {
        for shard in &mut self.shards {
            shard.finish_recovery(now, &self.store).unwrap();
        }
    }

    pub(crate) fn shard_of(&self, command: &Command) -> usize {
        match command.home() {
            Some(id) => self.partitions.shard(self.partitions.of_id(id)),
            None => 0,
        }
    }

    pub(crate) fn ask(&mut self, command: Command, question: Question) {
        let shard = self.shard_of(&command);
        self.inboxes[shard].push_back(Input::Command(command, question));
    }

    pub(crate) fn ended(&mut self, ended: AttemptEnded) {
        let shard = self.partitions.shard_of(ended.instance);
        self.inboxes[shard].push_back(Input::Ended(ended));
    }

    /// A shard takes one input.
    pub(crate) fn deliver(&mut self, shard: usize, now: Timestamp) -> Result<bool, Over> {
        let Some(input) = self.inboxes.get_mut(shard).and_then(VecDeque::pop_front) else {
            return Ok(false);
        };
        match input {
            Input::Command(command, question) => {
                let done = self.shards[shard].command(&command, question, now, &self.store);
                done.map_err(|(_, error)| over(error.into()))?;
                self.answers(shard);
            }
            Input::Ended(ended) => {
                let done = self.shards[shard].ended(ended, now, &self.store);
                done.map_err(|error| over(error.into()))?;
            }
            Input::Bundle(bundle) => {
                if bundle.epoch() > self.shards[shard].epoch() {
                    self.seal(shard)?;
                }
                self.shards[shard].receive(bundle);
            }
            Input::Cut(epoch) => {
                if self.shards[shard].epoch() == epoch {
                    self.cut[shard] = true;
                }
            }
            Input::Durable(epoch) => {
                let effects = self.shards[shard].durable(epoch);
                self.shards[shard].tidy();
                self.effects.push(effects);
            }
        }
        self.flush(shard);
        Ok(true)
    }

    /// A shard runs a little.
    pub(crate) fn run(
        &mut self,
        shard: usize,
        now: Timestamp,
        budget: usize,
    ) -> Result<bool, Over> {
        let Some(running) = self.shards.get_mut(shard) else {
            return Ok(false);
        };
        let ran = running.run(now, &self.store, budget).map_err(over)?;
        self.dead_letters += ran.dead_letters;
        self.turns += ran.turns;
        running.tidy();
        self.answers(shard);
        self.flush(shard);
        Ok(ran.turns + ran.messages > 0)
    }

    /// A shard that was asked to seals; it may be asked to before its queue is empty.
    pub(crate) fn seal_if_asked(&mut self, shard: usize) -> Result<bool, Over> {
        if self.cut.get(shard) == Some(&true) {
            self.seal(shard)?;
            return Ok(true);
        }
        Ok(false)
    }

    fn seal(&mut self, shard: usize) -> Result<(), Over> {
        self.flush(shard);
        let sealed = self.shards[shard].seal();
        let sealed = sealed.map_err(|CannotSeal { id, .. }| Over::Suspect(id, 0))?;
        self.cut[shard] = false;
        self.sealed.push(sealed);
        Ok(())
    }

    fn answers(&mut self, shard: usize) {
        let replies = self.shards[shard].take_answers();
        self.effects.push(Effects {
            replies,
            ..Effects::default()
        });
    }

    fn flush(&mut self, shard: usize) {
        for to in 0..self.shards.len() {
            if let Some(bundle) = self.shards[shard].take_outgoing(to) {
                self.inboxes[to].push_back(Input::Bundle(bundle));
            }
        }
    }

    /// The committer does its next step, if it has one.
    pub(crate) fn commit(&mut self, now: Timestamp) -> Result<bool, Over> {
        if !self.cutting {
            if !self.shards.iter().any(Shard::is_dirty) {
                return Ok(false);
            }
            self.cutting = true;
            self.broadcast(Input::Cut);
            return Ok(true);
        }
        if self.sealed.len() < self.shards.len() {
            return Ok(false);
        }
        let mut batch = merge(std::mem::take(&mut self.sealed), &mut self.books);
        if !batch.is_empty() {
            let high_water = HighWater {
                partitions: self.partitions.count(),
                epoch: self.epoch,
                now,
            };
            let (key, row) = high_water.row();
            batch.put(key, row);
            self.store.commit(batch).map_err(Over::Commit)?;
        }
        self.cutting = false;
        self.broadcast(Input::Durable);
        self.epoch += 1;
        Ok(true)
    }

    fn broadcast(&mut self, input: impl Fn(u64) -> Input) {
        for inbox in &mut self.inboxes {
            inbox.push_back(input(self.epoch));
        }
    }

    /// Whether a shard was asked to seal and has not.
    pub(crate) fn is_asked(&self, shard: usize) -> bool {
        self.cut.get(shard) == Some(&true)
    }

    /// Whether the committer has something to do.
    pub(crate) fn can_commit(&self) -> bool {
        match self.cutting {
            true => self.is_sealed(),
            false => self.shards.iter().any(Shard::is_dirty),
        }
    }

    /// Whether all have sealed, so that the committer's next step is a commit.
    pub(crate) fn is_sealed(&self) -> bool {
        self.cutting && self.sealed.len() == self.shards.len()
    }

    /// When something happens although nothing arrives.
    pub(crate) fn next_wake(&self) -> Option<Timestamp> {
        self.shards.iter().filter_map(Shard::next_wake).min()
    }
}

fn over(error: RunError) -> Over {
    match error {
        RunError::Rollback { id, failures, .. } => Over::Suspect(id, failures),
        RunError::Read(ReadError::Store(error)) => Over::Commit(error),
        RunError::Read(error) => panic!("{error}"),
    }
}
