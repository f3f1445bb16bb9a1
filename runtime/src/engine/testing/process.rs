//! `Process`: one life of a simulated program, of which every step is chosen.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::pool::{Pool, Sleeper};
use crate::engine::VirtualClock;
use crate::engine::kernel::{Part, Stride};
use crate::engine::link::Link;

/// Something that can make a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Actor {
    /// A part of the engine that was opened as this one.
    Engine(usize, Part),
    /// An attempt of an activity.
    Attempt(u64),
}

/// See the module. What it opens, and what that runs, ends with it.
pub(in crate::engine) struct Process {
    pub(in crate::engine) clock: VirtualClock,
    pub(in crate::engine) pool: Arc<Pool>,
    pub(super) sleeper: Arc<Sleeper>,
    engines: Mutex<Vec<Weak<Link>>>,
}

impl Process {
    pub(super) fn new(clock: VirtualClock) -> Self {
        let sleeper = Arc::<Sleeper>::default();
        Process {
            pool: Arc::new(Pool::new(clock.clone(), sleeper.clone())),
            clock,
            sleeper,
            engines: Mutex::default(),
        }
    }

    fn engines(&self) -> MutexGuard<'_, Vec<Weak<Link>>> {
        self.engines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on this engine's steps are made.
    pub(in crate::engine) fn attach(&self, engine: &Arc<Link>) {
        self.engines().push(Arc::downgrade(engine));
    }

    fn engine(&self, index: usize) -> Option<Arc<Link>> {
        self.engines().get(index).and_then(Weak::upgrade)
    }

    /// All that can make a step.
    pub(super) fn ready(&self) -> Vec<Actor> {
        let count = self.engines().len();
        let mut ready = Vec::new();
        for index in 0..count {
            let parts = self.engine(index).map(|engine| engine.ready());
            let parts = parts.into_iter().flatten();
            ready.extend(parts.map(|part| Actor::Engine(index, part)));
        }
        ready.extend(self.pool.ready().into_iter().map(Actor::Attempt));
        ready
    }

    pub(super) fn step(&self, engine: usize, part: Part, stride: Stride) {
        if let Some(engine) = self.engine(engine) {
            engine.step(part, stride);
        }
    }

    /// It dies: whoever still holds an engine of it finds that closed.
    pub(super) fn kill(&self) {
        for engine in self.engines().drain(..) {
            if let Some(engine) = engine.upgrade() {
                engine.kill();
            }
        }
        self.pool.clear();
    }
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process").finish_non_exhaustive()
    }
}
