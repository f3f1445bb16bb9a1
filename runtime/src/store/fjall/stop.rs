//! Ends a merge when the store is closed: a large one takes seconds, and may as well be done in the next life.
//!
//! The engine asks of each row that it merges whether to keep it. An error for an answer ends the merge as if
//! it had not been begun.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use lsm_tree::compaction::filter::{CompactionFilter, Context, Factory, ItemAccessor, Verdict};

/// Whether merges are to end.
#[derive(Clone, Default)]
pub(super) struct Stop(Arc<AtomicBool>);

impl Stop {
    pub(super) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Factory for Stop {
    fn name(&self) -> &str {
        "stop"
    }

    fn make_filter(&self, _: &Context) -> Box<dyn CompactionFilter> {
        Box::new(self.clone())
    }
}

impl CompactionFilter for Stop {
    fn filter_item(&mut self, _: ItemAccessor<'_>, _: &Context) -> lsm_tree::Result<Verdict> {
        if self.is_set() {
            let closed = io::Error::new(io::ErrorKind::Interrupted, "the store is closed");
            return Err(closed.into());
        }
        Ok(Verdict::Keep)
    }
}
