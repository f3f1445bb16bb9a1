//! `Kernel`: shard threads and the committer over one store; the way in for clients and activities.

use std::sync::Arc;

use super::{KernelError, Runner};
use crate::core::{Answer, AttemptEnded, Command, Program};
use crate::store::OpenStore;

/// How a kernel is run. The defaults suit most programs.
#[derive(Clone, Debug, Default)]
pub struct KernelOptions {
    /// How many shard threads; 0 stands for one on up to two cores, else half the cores.
    pub shards: usize,
}

/// What a kernel is doing, for health checks.
#[derive(Clone, Debug)]
pub struct Health {
    /// How many instances are in memory.
    pub resident: usize,
    /// How often the kernel dropped its memory and went on from the store, since it was opened.
    pub restarts: u64,
    /// Why the kernel stopped for good, if it did.
    pub stopped: Option<KernelError>,
}

/// The running kernel. Dropping it without [`shutdown`](Self::shutdown) is a crash on purpose:
/// nothing is lost, but the next open checks more.
#[derive(Debug)]
pub struct Kernel {}

impl Kernel {
    /// Opens the store, resumes what is runnable and starts the threads.
    ///
    /// # Errors
    /// The store cannot be opened, or holds rows this version cannot read.
    pub fn open(
        store: Arc<dyn OpenStore>,
        program: Arc<dyn Program>,
        runner: Arc<dyn Runner>,
        options: KernelOptions,
    ) -> Result<Kernel, KernelError> {
        let _ = (store, program, runner, options);
        Err(KernelError::Closed)
    }

    /// Asks; the future is ready when the answer is durable.
    ///
    /// # Errors
    /// The kernel was closed or stopped.
    pub fn command(
        &self,
        command: Command,
    ) -> impl Future<Output = Result<Answer, KernelError>> + Send + use<> {
        let _ = command;
        async { Err(KernelError::Closed) }
    }

    /// Tells how attempts ended. Never blocks.
    pub fn ended(&self, ended: Vec<AttemptEnded>) {
        let _ = ended;
    }

    /// What the kernel is doing.
    pub fn health(&self) -> Health {
        Health {
            resident: 0,
            restarts: 0,
            stopped: None,
        }
    }

    /// Stops taking work, makes the last commit and closes the store, in that order. Blocks for
    /// about one commit. Attempts under way are not waited for: they are made again after the
    /// next open.
    ///
    /// # Errors
    /// The store could not be closed cleanly; everything answered before is safe.
    pub fn shutdown(&self) -> Result<(), KernelError> {
        Ok(())
    }
}
