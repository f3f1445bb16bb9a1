//! `Tasks`: where attempts run, and what time passes for them.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Handle, RuntimeFlavor};

use crate::engine::testing::{Label, Pool};

/// See the module.
#[derive(Clone)]
pub(in crate::engine) enum Tasks {
    /// On a tokio runtime, in the time of the machine.
    Runtime(Handle),
    /// In the simulation, in its time.
    Simulated(Arc<Pool>),
}

impl Tasks {
    /// Runs it.
    pub(super) fn spawn(&self, label: &Label, work: impl Future<Output = ()> + Send + 'static) {
        match self {
            Tasks::Runtime(runtime) => drop(runtime.spawn(work)),
            Tasks::Simulated(pool) => pool.spawn(label.clone(), work),
        }
    }

    /// Does something short: soon on a thread of the runtime, if one of them can be expected to be
    /// free, else at once.
    pub(super) fn soon(&self, work: Box<dyn FnOnce() + Send>) {
        match self {
            Tasks::Runtime(runtime) if runtime.runtime_flavor() == RuntimeFlavor::MultiThread => {
                drop(runtime.spawn(async { work() }));
            }
            Tasks::Runtime(_) | Tasks::Simulated(_) => work(),
        }
    }

    /// Whether several attempts may share a task.
    pub(super) fn groups(&self) -> bool {
        matches!(self, Tasks::Runtime(_))
    }

    pub(super) async fn sleep(&self, time: Duration) {
        match self {
            Tasks::Runtime(_) => tokio::time::sleep(time).await,
            Tasks::Simulated(pool) => pool.sleep(time, false).await,
        }
    }

    /// If nothing that was spawned can do anything before time passes: a number that is another one
    /// after whatever happens. Nobody knows it of a runtime.
    pub(super) fn rest(&self) -> Option<u64> {
        match self {
            Tasks::Runtime(_) => None,
            Tasks::Simulated(pool) => pool.rest(),
        }
    }
}
