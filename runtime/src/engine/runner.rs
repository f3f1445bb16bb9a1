//! `Runner`: what the kernel hands attempts of activities to.

use crate::core::{Number, StartAttempt};

/// Runs attempts of activities and tells the kernel how they end, by `Kernel::ended`.
///
/// Called by the kernel's own threads: it never blocks and never panics. The retry decision is
/// the kernel's; a runner makes one attempt at a time of what it is told.
pub trait Runner: Send + Sync + 'static {
    /// Begins these attempts; their requests are durable.
    fn start(&self, attempts: Vec<StartAttempt>);
    /// The result of this call is no longer wanted; it may be unknown or over.
    fn cancel(&self, instance: Number, operation: u64);
    /// Does something short, that never blocks: where clients run, if that is known, else at once.
    fn among_clients(&self, work: Box<dyn FnOnce() + Send>) {
        work();
    }
}
