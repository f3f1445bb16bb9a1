//! `Work`: how much there is to do now, which is what clients are held up for (rule 29).

use rustc_hash::FxHashMap;

use super::instance::{Instance, State};
use super::{Answer, Command, Number};

/// So many attempts under way of one instance count as one more turn.
const ATTEMPTS: usize = 100;
/// So do so many bytes of the arguments that it holds in memory for them.
const BYTES: usize = 8 << 10;

impl Command {
    /// As how many commands it counts while it waits.
    pub(crate) fn weight(&self) -> usize {
        let args = match self {
            Command::Start { args, .. } | Command::Operate { args, .. } => args.bytes.len(),
            Command::Raise { value, .. } => value.bytes.len(),
            _ => 0,
        };
        1 + args / BYTES
    }
}

/// What the instances of a shard have to do. Each is counted as it was when it last changed.
#[derive(Debug, Default)]
pub(super) struct Work {
    all: usize,
    /// That of instances that were forgotten while their activities are under way.
    away: FxHashMap<Number, usize>,
}

impl Work {
    /// All of it.
    pub(super) fn all(&self) -> usize {
        self.all
    }

    /// An instance has changed; `is_ready` is what it says itself.
    pub(super) fn weigh(&mut self, instance: &mut Instance, is_ready: bool) {
        let now = instance.work(is_ready);
        let before = std::mem::replace(&mut instance.marks.work, now);
        self.all = self.all + now - before;
    }

    /// An instance is forgotten.
    pub(super) fn leaves(&mut self, instance: &Instance) {
        if instance.marks.work > 0 {
            self.away.insert(instance.number, instance.marks.work);
        }
    }

    /// It is to be read again, and weighed if it can be.
    pub(super) fn returns(&mut self, number: Number) {
        if let Some(work) = self.away.remove(&number) {
            self.all -= work;
        }
    }

    /// That of those which are not in memory.
    pub(super) fn away(&self) -> usize {
        self.away.values().sum()
    }
}

impl Instance {
    /// Turns that it is ready for, and activities under way. What waits for anything else is no work:
    /// a timer, a retry, an event, a child, a lock, somebody who lets it go on.
    fn work(&self, is_ready: bool) -> usize {
        let attempts = self.operations.attempts();
        if self.marks.purged || !is_ready && attempts == 0 {
            return 0;
        }
        let turns = match is_ready {
            false => 0,
            true if self.is_entity() => self.queue.turns(self.serving.is_some()),
            true => self.events.count(),
        };
        let begun = match &self.state {
            State::Begun(args) => args.bytes.len(),
            _ => 0,
        };
        let bytes = self.operations.bytes() + self.events.bytes() + begun;
        turns.max(1) + attempts / ATTEMPTS + bytes / BYTES
    }

    /// What was counted of it is what it has to do.
    pub(super) fn is_weighed(&self) -> bool {
        self.marks.work == self.work(self.is_ready())
    }
}

impl Answer {
    /// What a client is told that asks for more work than a shard takes.
    pub(crate) fn busy_with(shard: usize, work: usize, max: usize) -> Self {
        Answer::Busy {
            why: format!(
                "shard {shard} has {work} turns and activities to get through, and takes more while \
                 it has fewer than {max}: have fewer requests under way, or choose another \
                 `EngineBuilder::work_max`"
            ),
        }
    }
}
