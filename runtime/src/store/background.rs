//! A thread that works on tables beside the commits: it makes them, or merges them.
//!
//! It sleeps while little is written. What fails there ends the life of the store as a failed commit does:
//! tables that cannot be read are damage, and a store that no longer merges would stand still soon.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
    time::Instant,
};

use super::StoreError;

pub(super) struct Background {
    /// What its log lines call it.
    name: &'static str,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
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
    /// The work is under way.
    busy: bool,
    stop: bool,
    failed: Option<StoreError>,
}

impl Background {
    /// Starts the thread. `work` does one piece of work and says whether there was one to do.
    pub(super) fn start(
        name: &'static str,
        work: impl FnMut() -> Result<bool, StoreError> + Send + 'static,
    ) -> std::io::Result<Self> {
        let shared = Arc::<Shared>::default();
        // What an earlier life has left.
        shared.lock().asked = true;
        let theirs = shared.clone();
        let thread = std::thread::Builder::new()
            .name(format!("undying-{name}"))
            .spawn(move || run(&theirs, name, work))?;
        Ok(Self {
            name,
            shared,
            thread: Some(thread),
        })
    }

    /// Has the thread look for work, and waits as long as so much is left to do that memory or reads would
    /// suffer: `is_behind`.
    pub(super) fn ask(&self, is_behind: impl Fn() -> bool) {
        let mut state = self.shared.lock();
        state.asked = true;
        self.shared.changed.notify_all();
        let begun = Instant::now();
        let mut waits = false;
        // A thread that has failed does nothing more.
        while !state.stop && (state.asked || state.busy) && is_behind() {
            waits = true;
            state = self.shared.wait(state);
        }
        if waits {
            let waited = begun.elapsed();
            metrics::histogram!("undying_store_stall_seconds").record(waited);
            tracing::debug!(
                thread = self.name,
                milliseconds = waited.as_millis(),
                "commits waited for tables: more is written than the disk or the processor can sort and merge"
            );
        }
    }

    /// Before a commit.
    ///
    /// # Errors
    ///
    /// Once, if the work failed.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        self.shared.lock().failed.take().map_or(Ok(()), Err)
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.shared.lock().stop = true;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // It panics nowhere but in its work, which is caught.
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

fn run(shared: &Shared, name: &'static str, mut work: impl FnMut() -> Result<bool, StoreError>) {
    let mut state = shared.lock();
    while !state.stop {
        if !state.asked {
            state = shared.wait(state);
            continue;
        }
        (state.asked, state.busy) = (false, true);
        drop(state);
        // The engine asserts what a damaged table may break.
        let result = catch_unwind(AssertUnwindSafe(&mut work)).unwrap_or_else(|_| {
            Err(StoreError::Corrupt {
                what: "a table that was to be made or merged".into(),
                key: None,
                remedy: "restore the store from a backup",
            })
        });
        state = shared.lock();
        state.busy = false;
        match result {
            Ok(true) => state.asked = true,
            Ok(false) => {}
            Err(error) => {
                tracing::error!(%error, thread = name, "tables cannot be made or merged; the store takes no more commits");
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
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::sync::mpsc;

    #[test]
    fn it_works_until_nothing_is_left_and_again_when_it_is_asked() {
        let (said, done) = mpsc::channel();
        let mut left = 2;
        let background = Background::start("merges", move || {
            let merged = left > 0;
            left = if merged { left - 1 } else { 1 };
            said.send(merged).ok();
            Ok(merged)
        })
        .unwrap();
        let next = |times| -> Vec<bool> { done.iter().take(times).collect() };
        assert_eq!(next(3), [true, true, false], "what was left is merged");
        background.ask(|| false);
        assert_eq!(next(2), [true, false]);
    }

    #[test]
    fn commits_wait_while_it_is_behind() {
        let (go, may) = mpsc::channel::<()>();
        let unmerged = Arc::new(AtomicU64::new(3));
        let theirs = unmerged.clone();
        let background = Background::start("merges", move || {
            may.recv().ok();
            Ok(theirs.fetch_sub(1, Ordering::SeqCst) > 1)
        })
        .unwrap();
        for _ in 0..3 {
            go.send(()).unwrap();
        }
        drop(go);
        let is_behind = || unmerged.load(Ordering::SeqCst) > 0;
        background.ask(is_behind);
        assert!(!is_behind());
    }

    #[test]
    fn work_that_fails_or_panics_is_told_to_the_next_commit() {
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
            let background = Background::start("merges", compact).unwrap();
            // Whether it fails before or while a commit waits. Behind for ever: only the failure ends that.
            if fails_first {
                let mut state = background.shared.lock();
                while !state.stop {
                    state = background.shared.wait(state);
                }
            }
            background.ask(|| true);
            let error = background.check().unwrap_err();
            assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
        }
    }
}
