//! `Link`: what the engine and its handles share, and how they ask the kernel.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::runtime;
use tokio::sync::OnceCell;

use super::activities::Activities;
use super::kernel::{Asking, Part, Stride};
use super::registry::Registry;
use super::{Health, Kernel};
use crate::core::{Answer, Command};
use crate::durable::Timestamp;
use crate::error::{Error, Result};

/// A kernel, the runner of its activities and the functions they run.
pub(super) struct Link {
    pub(super) registry: Arc<Registry>,
    kernel: Arc<Kernel>,
    activities: Activities,
    runtime: runtime::Handle,
    closing: AtomicBool,
    closed: OnceCell<()>,
}

impl Link {
    pub(super) fn new(
        registry: Arc<Registry>,
        kernel: Kernel,
        activities: Activities,
        runtime: runtime::Handle,
    ) -> Self {
        let kernel = Arc::new(kernel);
        let listener = Arc::downgrade(&kernel);
        activities.report_to(move |ended| {
            if let Some(kernel) = listener.upgrade() {
                kernel.ended(ended);
            }
        });
        let (closing, closed) = (AtomicBool::new(false), OnceCell::new());
        Link {
            registry,
            kernel,
            activities,
            runtime,
            closing,
            closed,
        }
    }

    /// Asks the kernel; the future does not keep the engine open.
    pub(super) fn ask(
        &self,
        command: Command,
    ) -> impl Future<Output = Result<Answer>> + Send + use<> {
        let answer = self.asking(command);
        async move { Ok(answer?.await?) }
    }

    /// The same, as what can be kept.
    pub(super) fn asking(&self, command: impl Into<Arc<Command>>) -> Result<Asking> {
        self.check_open()?;
        Ok(self.kernel.command(command))
    }

    fn check_open(&self) -> Result<()> {
        if self.closing.load(Ordering::Acquire) {
            return Err(Error::closed("it was shut down"));
        }
        if self.activities.runtime_has_ended() {
            return Err(Error::closed(
                "the tokio runtime it was opened in has ended",
            ));
        }
        Ok(())
    }

    /// What time it is for the engine.
    pub(super) fn now(&self) -> Timestamp {
        self.kernel.now()
    }

    /// The virtual clock was moved.
    pub(super) fn tick(&self) {
        self.activities.tick();
        self.kernel.tick();
    }

    /// The parts that can make a step, in the simulation.
    pub(super) fn ready(&self) -> Vec<Part> {
        self.kernel.ready()
    }

    /// Makes a step of a part that is ready.
    pub(super) fn step(&self, part: Part, stride: Stride) {
        self.kernel.step(part, stride);
    }

    /// The process dies: nothing more is done, whoever holds this.
    pub(super) fn kill(&self) {
        self.closing.store(true, Ordering::Release);
        self.activities.kill();
        self.kernel.kill();
    }

    /// If the engine has nothing to do until time passes or something arrives: a number that is
    /// another one after whatever happens. Meaningful under a virtual clock.
    pub(super) fn rest(&self) -> Option<u64> {
        Some(self.kernel.rest()? + self.activities.rest()?)
    }

    /// When the engine has something to do although nothing arrives.
    pub(super) fn next_wake(&self) -> Option<Timestamp> {
        let wakes = [self.kernel.next_wake(), self.activities.next_wake()];
        wakes.into_iter().flatten().min()
    }

    pub(super) fn health(&self) -> Health {
        self.kernel.health()
    }

    /// Takes no more commands, stops the activities, makes the last commit and closes the store.
    pub(super) async fn shutdown(&self) -> Result<()> {
        self.closing.store(true, Ordering::Release);
        let close = || async {
            self.activities.close().await;
            if self.kernel.is_stepped() {
                self.kernel.begin_shutdown();
                self.kernel.stopped().await;
                return self.kernel.shutdown().map_err(Error::from);
            }
            let kernel = self.kernel.clone();
            let done = self.runtime.spawn_blocking(move || kernel.shutdown()).await;
            match done {
                Ok(done) => done.map_err(Error::from),
                // The runtime has ended: nothing else runs on this thread's behalf any more.
                Err(_) => self.kernel.shutdown().map_err(Error::from),
            }
        };
        self.closed.get_or_try_init(close).await.copied()
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.activities.kill();
        // The store is free for the next engine once this returns: whoever still holds the kernel
        // is handing over an outcome or closing it, and ends by itself.
        while Arc::strong_count(&self.kernel) > 1 {
            std::thread::yield_now();
        }
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link")
            .field("kernel", &self.kernel)
            .finish_non_exhaustive()
    }
}
