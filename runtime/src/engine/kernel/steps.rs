//! `Steps`: a kernel without threads, whose steps somebody else makes, one at a time and in any order.

use std::time::Duration;

use super::committer::{Committer, Step};
use super::hub::Hub;
use super::shard_thread::{Pace, ShardThread};
use crate::durable::Timestamp;

/// Something that can make a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Part {
    Shard(usize),
    Committer,
}

/// How far a step goes.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Stride {
    /// How many inputs a shard takes at most.
    pub(in crate::engine) inputs: usize,
    /// How many turns it makes at most.
    pub(in crate::engine) turns: usize,
    /// Whether it seals its epoch, if it was asked to, while it has work.
    pub(in crate::engine) seals: bool,
}

/// The parts of a kernel that the threads would run.
pub(super) struct Steps {
    shards: Vec<ShardThread>,
    committer: Committer,
    waits: Waits,
}

/// What the committer waits for.
enum Waits {
    Nothing,
    Desk(u64),
    Time(Timestamp),
    Ever,
}

impl Steps {
    pub(super) fn new(shards: Vec<ShardThread>, committer: Committer) -> Self {
        Steps {
            shards,
            committer,
            waits: Waits::Nothing,
        }
    }

    /// The parts that have something to do.
    pub(super) fn ready(&self, hub: &Hub) -> Vec<Part> {
        if hub.stopped().is_some() {
            return Vec::new();
        }
        let committer = match self.waits {
            Waits::Nothing => true,
            Waits::Desk(seen) => hub.desk.has_changed(seen),
            Waits::Time(at) => at <= hub.clock.now(),
            Waits::Ever => false,
        };
        let shards = hub.inboxes.iter().enumerate();
        let shards = shards.filter(|(_, inbox)| inbox.rest().is_none());
        let mut ready: Vec<_> = shards.map(|(index, _)| Part::Shard(index)).collect();
        ready.extend(committer.then_some(Part::Committer));
        ready
    }

    /// Makes a step of this part.
    pub(super) fn make(&mut self, part: Part, stride: Stride, hub: &Hub) {
        match part {
            Part::Shard(index) => {
                let pace = Pace {
                    inputs: stride.inputs,
                    turns: stride.turns,
                    seals: Some(stride.seals),
                };
                self.shards[index].go(pace);
            }
            Part::Committer => {
                self.waits = match self.committer.step() {
                    Step::On | Step::Pause(Duration::ZERO) => Waits::Nothing,
                    Step::Wait(seen) => Waits::Desk(seen),
                    Step::Pause(time) => Waits::Time(hub.clock.now().after(time)),
                    Step::Over => Waits::Ever,
                };
            }
        }
    }

    /// When the committer looks again although nothing arrives.
    pub(super) fn next_wake(&self) -> Option<Timestamp> {
        match self.waits {
            Waits::Time(at) => Some(at),
            Waits::Nothing | Waits::Desk(_) | Waits::Ever => None,
        }
    }
}
