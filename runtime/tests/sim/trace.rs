//! The trace of a run: one hash of every decision of the scheduler and of all that can be observed.

use std::fmt::{self, Debug, Write};
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHasher;
use undying::store::{Batch, Bytes, Caps, Key, Pressure, Store, StoreError};

/// Cloning gives another name of the same trace.
#[derive(Clone, Default)]
pub(crate) struct Trace(Arc<Mutex<FxHasher>>);

impl Trace {
    /// Something happened.
    pub(crate) fn note(&self, what: impl Hash) {
        what.hash(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Something happened that can only be printed.
    pub(crate) fn print(&self, what: &impl Debug) {
        let mut hasher = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let printed = write!(Printer(&mut hasher), "{what:?}");
        assert!(printed.is_ok());
    }

    /// The hash of all of it.
    pub(crate) fn hash(&self) -> u64 {
        let hasher = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        hasher.finish()
    }

    /// The store, whose commits are part of the trace.
    pub(crate) fn of(&self, store: Arc<dyn Store>) -> Arc<dyn Store> {
        let trace = self.clone();
        Arc::new(Traced { store, trace })
    }
}

struct Printer<'a>(&'a mut FxHasher);

impl Write for Printer<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write(text.as_bytes());
        Ok(())
    }
}

struct Traced {
    store: Arc<dyn Store>,
    trace: Trace,
}

impl Store for Traced {
    fn caps(&self) -> Caps {
        self.store.caps()
    }

    fn sequence(&self) -> u64 {
        self.store.sequence()
    }

    fn commit(&self, batch: Batch) -> Result<u64, StoreError> {
        for write in batch.iter() {
            self.trace.note(write);
        }
        let done = self.store.commit(batch);
        self.trace.note(done.as_ref().ok());
        done
    }

    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        self.store.get(key)
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<(Key, Bytes)>, StoreError> {
        self.store.scan(from, to, limit)
    }

    fn pressure(&self) -> Pressure {
        self.store.pressure()
    }

    fn was_clean(&self) -> bool {
        self.store.was_clean()
    }

    fn close(&self) -> Result<(), StoreError> {
        self.store.close()
    }
}
