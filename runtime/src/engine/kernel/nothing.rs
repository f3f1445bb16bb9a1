//! A hub whose program has nothing and whose runner runs nothing: for tests of what is around shards.

use std::any::TypeId;
use std::sync::Arc;

use super::clock::Clock;
use super::hub::Hub;
use crate::core::limits::Bounds;
use crate::core::{Number, Partitions, Program, StartAttempt};
use crate::durable::Entry;
use crate::engine::{Runner, VirtualClock};

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
