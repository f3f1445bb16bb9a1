//! A hub whose program has nothing and whose runner runs nothing: for tests of what is around shards.

use std::any::TypeId;
use std::sync::Arc;

use super::clock::Clock;
use super::hub::Hub;
use super::life::{self, Begun, Legacy};
use crate::core::limits::Bounds;
use crate::core::{Number, Partitions, Program, StartAttempt};
use crate::durable::Entry;
use crate::engine::{Runner, VirtualClock};
use crate::store::memory::MemoryDisk;

/// Nothing is called, everything ends.
pub(super) struct Nothing;

impl Program for Nothing {
    fn orchestration(&self, _: &str) -> Option<Arc<Entry>> {
        None
    }
    fn activity(&self, _: &str) -> Option<Arc<Entry>> {
        None
    }
    fn entity(&self, _: &str) -> Option<Arc<Entry>> {
        None
    }
    fn by_call(&self, _: TypeId) -> Option<Arc<Entry>> {
        None
    }
}

impl Runner for Nothing {
    fn start(&self, _: Vec<StartAttempt>) {}
    fn cancel(&self, _: Number, _: u64) {}
}

/// A hub of so many shards.
pub(super) fn hub(shards: usize) -> Arc<Hub> {
    let clock = Clock::Virtual(VirtualClock::new());
    let (partitions, bounds) = (Partitions::new(4, shards), Bounds::default());
    let (program, runner) = (Arc::new(Nothing), Arc::new(Nothing));
    Arc::new(Hub::new(clock, partitions, bounds, None, program, runner))
}

/// The first life of a new store, with a hub of so many shards.
pub(super) fn begun(shards: usize) -> (MemoryDisk, Arc<Hub>, Begun) {
    let (disk, hub) = (MemoryDisk::new(), hub(shards));
    let (store, _) = life::open_store(&disk, hub.partitions.count()).expect("a new store");
    let begun = life::begin(store, &hub, &Legacy::default()).expect("its first life");
    (disk, hub, begun)
}
