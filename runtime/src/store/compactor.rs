//! The thread that compacts: it merges flushed tables beside the commits.
//!
//! It sleeps while little is written. What fails there ends the life of the store as a failed commit does:
//! tables that cannot be read are damage, and a store that no longer merges would stand still soon.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread::JoinHandle,
    time::Instant,
};

use super::StoreError;

/// The thread looks for work whenever so much was written.
const LOOK_BYTES: u64 = 4 << 20;

pub(super) struct Compactor {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
    /// Bytes that were written since it looked.
    written: AtomicU64,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// Something was asked of the thread, or something came of it.
    changed: Condvar,
}

#[derive(Default)]
struct State {
    asked: bool,
    /// A merge is under way.
    busy: bool,
    stop: bool,
    failed: Option<StoreError>,
}

impl Compactor {
    /// Starts the thread. `compact` does one merge and says whether there was one to do.
    pub(super) fn start(
        compact: impl FnMut() -> Result<bool, StoreError> + Send + 'static,
    ) -> std::io::Result<Self> {
        let shared = Arc::<Shared>::default();
        // What an earlier life has left.
        shared.lock().asked = true;
        let theirs = shared.clone();
        let thread = std::thread::Builder::new()
            .name("undying-compactor".into())
            .spawn(move || run(&theirs, compact))?;
        Ok(Self {
            shared,
            thread: Some(thread),
            written: AtomicU64::new(0),
        })
    }

    /// Before `bytes` are written. Waits as long as so much is unmerged that reads would suffer: `is_behind`.
    ///
    /// # Errors
    ///
    /// Once, if a merge failed.
    pub(super) fn admit(&self, bytes: u64, is_behind: impl Fn() -> bool) -> Result<(), StoreError> {
        let written = self.written.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let mut state = self.shared.lock();
        if written >= LOOK_BYTES {
            self.written.store(0, Ordering::Relaxed);
            state.asked = true;
            self.shared.changed.notify_all();
            let begun = Instant::now();
            let mut waits = false;
            // A thread that has failed merges nothing more.
            while !state.stop && (state.asked || state.busy) && is_behind() {
                waits = true;
                state = self.shared.wait(state);
            }
            if waits {
                let waited = begun.elapsed();
                metrics::histogram!("undying_store_stall_seconds").record(waited);
                tracing::debug!(
                    milliseconds = waited.as_millis(),
                    "commits waited for compaction: more is written than the disk or the processor can merge"
                );
            }
        }
        state.failed.take().map_or(Ok(()), Err)
    }
}

impl Drop for Compactor {
    fn drop(&mut self) {
        self.shared.lock().stop = true;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // It panics nowhere but in a merge, which is caught.
            thread.join().ok();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&'a self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.changed
            .wait(state)
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn run(shared: &Shared, mut compact: impl FnMut() -> Result<bool, StoreError>) {
    let mut state = shared.lock();
    while !state.stop {
        if !state.asked {
            state = shared.wait(state);
            continue;
        }
        (state.asked, state.busy) = (false, true);
        drop(state);
        let begun = Instant::now();
        // The engine asserts what a damaged table may break.
        let result = catch_unwind(AssertUnwindSafe(&mut compact)).unwrap_or_else(|_| {
            Err(StoreError::Corrupt {
                what: "a table that was to be merged".into(),
                key: None,
                remedy: "restore the store from a backup",
            })
        });
        state = shared.lock();
        state.busy = false;
        match result {
            Ok(true) => {
                metrics::histogram!("undying_store_compaction_seconds").record(begun.elapsed());
                state.asked = true;
            }
            Ok(false) => {}
            Err(error) => {
                tracing::error!(%error, "tables cannot be merged; the store takes no more commits");
                state.failed = Some(error);
                state.stop = true;
                state.asked = false;
            }
        }
        shared.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn it_merges_until_nothing_is_left_and_again_when_much_was_written() {
        let (said, done) = mpsc::channel();
        let mut left = 2;
        let compactor = Compactor::start(move || {
            let merged = left > 0;
            left = if merged { left - 1 } else { 1 };
            said.send(merged).ok();
            Ok(merged)
        })
        .unwrap();
        let next = |times| -> Vec<bool> { done.iter().take(times).collect() };
        assert_eq!(next(3), [true, true, false], "what was left is merged");
        compactor.admit(LOOK_BYTES - 1, || false).unwrap();
        compactor.admit(1, || false).unwrap();
        assert_eq!(next(2), [true, false]);
    }

    #[test]
    fn commits_wait_while_it_is_behind() {
        let (go, may) = mpsc::channel::<()>();
        let unmerged = Arc::new(AtomicU64::new(3));
        let theirs = unmerged.clone();
        let compactor = Compactor::start(move || {
            may.recv().ok();
            Ok(theirs.fetch_sub(1, Ordering::SeqCst) > 1)
        })
        .unwrap();
        for _ in 0..3 {
            go.send(()).unwrap();
        }
        drop(go);
        let is_behind = || unmerged.load(Ordering::SeqCst) > 0;
        compactor.admit(LOOK_BYTES, is_behind).unwrap();
        assert!(!is_behind());
    }

    #[test]
    fn a_merge_that_fails_or_panics_is_told_to_the_next_commit_that_asks() {
        let damaged = || StoreError::Corrupt {
            what: "a table".into(),
            key: None,
            remedy: "restore it",
        };
        type Compact = Box<dyn FnMut() -> Result<bool, StoreError> + Send>;
        let fails = || -> Compact { Box::new(move || Err(damaged())) };
        let panics = || -> Compact { Box::new(|| panic!("a damaged table")) };
        let all = [
            (fails(), false),
            (fails(), true),
            (panics(), false),
            (panics(), true),
        ];
        for (compact, fails_first) in all {
            let compactor = Compactor::start(compact).unwrap();
            // Whether it fails before or while a commit waits. Behind for ever: only the failure ends that.
            if fails_first {
                let mut state = compactor.shared.lock();
                while !state.stop {
                    state = compactor.shared.wait(state);
                }
            }
            let error = compactor.admit(LOOK_BYTES, || true).unwrap_err();
            assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
        }
    }
}
