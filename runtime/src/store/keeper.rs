//! The thread beside the committer: it writes the witness and watches for commits that stall.
//!
//! It sleeps while nothing is committed, and never makes a commit wait.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use super::{
    StoreError,
    witness::{Testimony, Witness},
};

/// The witness lags the commits by at most this many, or this long.
const COMMITS: u64 = 64;
const INTERVAL: Duration = Duration::from_secs(1);
/// A commit that takes longer than this is reported while it hangs.
const STALL: Duration = Duration::from_secs(5);

/// Makes everything committed so far durable, for a life that does not sync each commit.
pub(super) type Flush = Box<dyn Fn() -> Result<(), StoreError> + Send>;

#[derive(Debug)]
pub(super) struct Keeper {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<Witness>>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Debug)]
struct State {
    /// When the commit in progress began.
    begun: Option<Instant>,
    committed: u64,
    witnessed: u64,
    /// The thread waits without a time limit.
    idle: bool,
    stop: bool,
    failed: Option<StoreError>,
}

impl Keeper {
    /// Starts the thread with a witness that has recorded `sequence`.
    pub(super) fn start(
        witness: Witness,
        sequence: u64,
        flush: Option<Flush>,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                begun: None,
                committed: sequence,
                witnessed: sequence,
                idle: false,
                stop: false,
                failed: None,
            }),
            wake: Condvar::new(),
        });
        let theirs = shared.clone();
        let thread = std::thread::Builder::new()
            .name("undying-witness".into())
            .spawn(move || run(&theirs, witness, flush))?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    /// Before a commit.
    ///
    /// # Errors
    ///
    /// Once, if the witness could not be written: a disk that fails there is not trusted with
    /// another commit.
    pub(super) fn begin(&self) -> Result<(), StoreError> {
        let mut state = self.shared.lock();
        if let Some(error) = state.failed.take() {
            return Err(error);
        }
        state.begun = Some(Instant::now());
        if state.idle {
            self.shared.wake.notify_one();
        }
        Ok(())
    }

    /// After a commit that is durable, or handed over, as the life has it.
    pub(super) fn end(&self, sequence: u64) {
        let mut state = self.shared.lock();
        state.begun = None;
        state.committed = sequence;
        if sequence - state.witnessed == COMMITS {
            self.shared.wake.notify_one();
        }
    }

    /// Ends the thread and gives the witness back; `None` if the thread panicked.
    pub(super) fn stop(mut self) -> Option<Witness> {
        self.join()
    }

    fn join(&mut self) -> Option<Witness> {
        self.shared.lock().stop = true;
        self.shared.wake.notify_one();
        self.thread.take()?.join().ok()
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.join();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn run(shared: &Shared, mut witness: Witness, flush: Option<Flush>) -> Witness {
    let mut warned = None;
    while let Some(sequence) = wait(shared, &mut warned) {
        let recorded = flush
            .as_ref()
            .map_or(Ok(()), |flush| flush())
            .and_then(|()| {
                witness.record(Testimony {
                    sequence,
                    clean: false,
                    buffered: flush.is_some(),
                })
            });
        let mut state = shared.lock();
        state.witnessed = sequence;
        if let Err(error) = recorded {
            tracing::error!(%error, "the witness cannot be written; the store takes no more commits");
            state.failed.get_or_insert(error);
        }
    }
    witness
}

/// Waits until there is something to witness; `None` when it is time to stop.
fn wait(shared: &Shared, warned: &mut Option<Instant>) -> Option<u64> {
    let mut state = shared.lock();
    let mut due = Instant::now() + INTERVAL;
    loop {
        if state.stop {
            return None;
        }
        if state.begun.is_none() && state.committed == state.witnessed {
            state.idle = true;
            state = shared
                .wake
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
            state.idle = false;
            due = Instant::now() + INTERVAL;
            continue;
        }
        warn_of_stall(state.begun, warned);
        let left = due.saturating_duration_since(Instant::now());
        let lag = state.committed - state.witnessed;
        if lag >= COMMITS || (lag > 0 && left.is_zero()) {
            return Some(state.committed);
        }
        let left = if left.is_zero() { INTERVAL } else { left };
        (state, _) = shared
            .wake
            .wait_timeout(state, left)
            .unwrap_or_else(PoisonError::into_inner);
    }
}

/// Reports a commit that hangs, once.
fn warn_of_stall(begun: Option<Instant>, warned: &mut Option<Instant>) {
    if let Some(at) = begun
        && at.elapsed() > STALL
        && *warned != begun
    {
        *warned = begun;
        metrics::counter!("undying_store_stalled_commits_total").increment(1);
        tracing::warn!(
            seconds = at.elapsed().as_secs(),
            "a commit hangs; if it does not end, the disk or the store's background work is stuck"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn keeper(path: &Path) -> Keeper {
        let first = Testimony {
            sequence: 0,
            clean: false,
            buffered: false,
        };
        Keeper::start(Witness::create(path, first).unwrap(), 0, None).unwrap()
    }

    #[test]
    fn many_commits_are_witnessed_without_waiting_for_the_interval() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("witness");
        let keeper = keeper(&path);
        for sequence in 1..=COMMITS {
            keeper.begin().unwrap();
            keeper.end(sequence);
        }
        let waited = Instant::now();
        loop {
            let (_, found) = Witness::open(&path).unwrap().unwrap();
            if found.sequence == COMMITS {
                break;
            }
            assert!(waited.elapsed() < Duration::from_secs(30), "{found:?}");
            std::thread::yield_now();
        }
    }

    #[test]
    fn one_commit_is_witnessed_within_the_interval() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("witness");
        let keeper = keeper(&path);
        keeper.begin().unwrap();
        keeper.end(1);
        let waited = Instant::now();
        while Witness::open(&path).unwrap().unwrap().1.sequence != 1 {
            assert!(waited.elapsed() < Duration::from_secs(30));
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    #[test]
    fn a_commit_is_reported_once_when_it_hangs() {
        let begun = Instant::now();
        let mut warned = None;
        warn_of_stall(Some(begun), &mut warned);
        assert_eq!(warned, None, "it has just begun");
        let hangs = begun.checked_sub(2 * STALL);
        warn_of_stall(hangs, &mut warned);
        assert_eq!(warned, hangs);
    }

    #[test]
    fn a_witness_that_cannot_be_written_stops_the_next_commit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("witness");
        let first = Testimony {
            sequence: 0,
            clean: false,
            buffered: true,
        };
        let broken: Flush = Box::new(|| Err(StoreError::Closed));
        let witness = Witness::create(&path, first).unwrap();
        let keeper = Keeper::start(witness, 0, Some(broken)).unwrap();
        let waited = Instant::now();
        let mut sequence = 0;
        while keeper.begin().is_ok() {
            sequence += 1;
            keeper.end(sequence);
            assert!(waited.elapsed() < Duration::from_secs(30));
        }
    }
}
