//! Activities: attempts run on the tokio runtime in which the engine was opened.
//!
//! The retry decision is the core's; here one attempt is queued, begun, limited and reported.

mod attempt;
mod group;
#[cfg(test)]
mod observed;
mod queue;
mod report;
mod tasks;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustc_hash::FxHashMap;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use self::attempt::{Attempt, CallKey};
use self::queue::Queue;
use self::report::Report;
pub(super) use self::tasks::Tasks;
use super::activity_metrics::ActivityMetrics;
use super::bell::Bell;
use super::{Runner, States};
use crate::core::{AttemptEnded, Number, Outcome, StartAttempt};
use crate::durable::{EntryKind, Timestamp};

/// Runs attempts of activities. Cloning gives another name of the same.
#[derive(Clone)]
pub(super) struct Activities(Arc<Inner>);

struct Inner {
    tasks: Tasks,
    states: Arc<States>,
    report: Report,
    /// How long a cancelled attempt may go on before it is dropped.
    grace: Duration,
    /// Cancelled when running attempts are to be dropped at once.
    killed: CancellationToken,
    /// How many attempts run, once this is closed.
    running: watch::Sender<usize>,
    runtime_has_ended: AtomicBool,
    /// How many outcomes are on their way to the kernel, about.
    reporting: AtomicUsize,
    /// Rung when there may be none, and no attempt.
    bell: Bell,
    state: Mutex<State>,
}

struct State {
    queue: Queue<StartAttempt>,
    /// Calls whose attempt is queued or runs.
    live: FxHashMap<CallKey, Live>,
    /// How many were ever added.
    enqueued: u64,
    metrics: FxHashMap<&'static str, Arc<ActivityMetrics>>,
    /// No further attempt begins and nothing is reported: what is pending stays so in the store.
    closed: bool,
}

struct Live {
    attempt: u32,
    /// There once it has begun.
    token: Option<CancellationToken>,
}

impl Activities {
    /// A runner of which at most `max` attempts run at once.
    pub(super) fn new(
        tasks: Tasks,
        states: Arc<States>,
        max: usize,
        grace: Duration,
        bell: Bell,
    ) -> Self {
        Activities(Arc::new(Inner {
            tasks,
            states,
            report: Report::default(),
            grace,
            killed: CancellationToken::new(),
            running: watch::Sender::new(0),
            runtime_has_ended: AtomicBool::new(false),
            reporting: AtomicUsize::new(0),
            bell,
            state: Mutex::new(State {
                queue: Queue::new(max),
                live: FxHashMap::default(),
                enqueued: 0,
                metrics: FxHashMap::default(),
                closed: false,
            }),
        }))
    }

    /// Where outcomes go from now on; those that came before are handed over now.
    pub(super) fn report_to(&self, sink: impl Fn(Vec<AttemptEnded>) + Send + Sync + 'static) {
        self.0.report.connect(Box::new(sink));
    }

    /// Begins no further attempt, cancels those that run and waits until they have ended, at most
    /// for the grace. None of them is reported: they are made again when the store is opened next.
    pub(super) async fn close(&self) {
        self.0.close();
        let mut running = self.0.running.subscribe();
        let ended = running.wait_for(|running| *running == 0);
        if tokio::time::timeout(self.0.grace + Duration::from_secs(1), ended)
            .await
            .is_err()
        {
            let running = *self.0.running.borrow();
            tracing::warn!(running, "activities that never yield outlive their engine");
        }
    }

    /// As [`close`](Self::close), but what runs is dropped as soon as it yields, and not awaited.
    pub(super) fn kill(&self) {
        self.0.killed.cancel();
        self.0.close();
    }

    /// If no attempt runs or waits, and all outcomes were handed over: how many ever came.
    pub(super) fn rest(&self) -> Option<u64> {
        let state = self.0.lock();
        let asleep = self.0.tasks.rest();
        // One that left `live` was counted as reported before the lock was free.
        let none = (state.live.is_empty() || asleep.is_some())
            && self.0.reporting.load(Ordering::Acquire) == 0;
        (none || state.closed).then_some(state.enqueued + asleep.unwrap_or_default())
    }

    /// The virtual clock was moved.
    pub(super) fn tick(&self) {
        if let Tasks::Simulated(pool) = &self.0.tasks {
            pool.tick();
        }
    }

    /// When an attempt goes on although nothing arrives, in the simulation.
    pub(super) fn next_wake(&self) -> Option<Timestamp> {
        match &self.0.tasks {
            Tasks::Runtime(_) => None,
            Tasks::Simulated(pool) => pool.next_wake(),
        }
    }

    /// Whether the runtime has ended before the engine did.
    pub(super) fn runtime_has_ended(&self) -> bool {
        self.0.runtime_has_ended.load(Ordering::Acquire)
    }
}

impl Runner for Activities {
    fn among_clients(&self, work: Box<dyn FnOnce() + Send>) {
        self.0.tasks.soon(work);
    }

    fn start(&self, attempts: Vec<StartAttempt>) {
        let begin = {
            let mut state = self.0.lock();
            if state.closed {
                return;
            }
            for start in attempts {
                state.enqueue(start);
            }
            self.0.next(&mut state)
        };
        self.0.spawn(begin);
    }

    fn cancel(&self, instance: Number, operation: u64) {
        let key = (instance, operation);
        let (cancelled, begin) = {
            let mut state = self.0.lock();
            match state.live.get(&key) {
                None => return,
                Some(Live {
                    token: Some(token), ..
                }) => {
                    let token = token.clone();
                    drop(state);
                    token.cancel();
                    return;
                }
                Some(Live {
                    token: None,
                    attempt,
                }) => {
                    let attempt = *attempt;
                    state.live.remove(&key);
                    self.0.reporting.fetch_add(1, Ordering::Relaxed);
                    (
                        ended(key, attempt, Outcome::Cancelled),
                        self.0.next(&mut state),
                    )
                }
            }
        };
        self.0.spawn(begin);
        self.0.hand_over(vec![cancelled]);
    }
}

impl State {
    fn enqueue(&mut self, start: StartAttempt) {
        let key = (start.instance, start.operation);
        // After a failed commit the kernel resumes from disk and starts again what still runs
        // here. Its completion will be accepted all the same, so one is enough.
        if let Some(live) = self.live.get_mut(&key) {
            live.attempt = start.attempt;
            return;
        }
        let EntryKind::Activity(activity) = &start.entry.kind else {
            return;
        };
        let (name, limit) = (start.entry.name, activity.options.concurrency);
        let attempt = start.attempt;
        self.enqueued += 1;
        self.live.insert(
            key,
            Live {
                attempt,
                token: None,
            },
        );
        self.queue.push(name, limit, start);
    }

    fn metrics(&mut self, activity: &'static str) -> Arc<ActivityMetrics> {
        self.metrics
            .entry(activity)
            .or_insert_with(|| Arc::new(ActivityMetrics::new(activity)))
            .clone()
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn close(&self) {
        let tokens: Vec<_> = {
            let mut state = self.lock();
            state.closed = true;
            state.queue.clear();
            self.count(&state);
            state
                .live
                .values()
                .filter_map(|live| live.token.clone())
                .collect()
        };
        // A token wakes tasks, which may end at once and ask for the lock.
        for token in tokens {
            token.cancel();
        }
        self.bell.ring();
    }

    /// Takes the attempts that may run now.
    fn next(&self, state: &mut State) -> Vec<Attempt> {
        let mut begin = Vec::with_capacity(state.queue.ready());
        while !state.closed
            && let Some(start) = state.queue.pop()
        {
            let key = (start.instance, start.operation);
            let metrics = state.metrics(start.entry.name);
            match state.live.get_mut(&key) {
                Some(live) if live.token.is_none() => {
                    let token = live.token.insert(CancellationToken::new()).clone();
                    begin.push(Attempt::new(start, self.states.clone(), token, metrics));
                }
                // It was cancelled while it waited.
                _ => state.queue.ended(start.entry.name),
            }
        }
        self.count(state);
        begin
    }

    /// Tells those who wait for the last attempt of a closed runner how many still run.
    fn count(&self, state: &State) {
        if state.closed {
            self.running.send_replace(state.queue.running());
        }
    }

    /// Attempts ended: reports them and begins those that waited for their room.
    fn ended(self: &Arc<Self>, outcomes: Vec<(CallKey, &'static str, Outcome)>) {
        if outcomes.is_empty() {
            return;
        }
        let (report, begin) = {
            let mut state = self.lock();
            self.reporting.fetch_add(1, Ordering::Relaxed);
            let mut report = Vec::with_capacity(outcomes.len());
            for (key, activity, outcome) in outcomes {
                state.queue.ended(activity);
                if let Some(live) = state.live.remove(&key) {
                    report.push(ended(key, live.attempt, outcome));
                }
            }
            let begin = self.next(&mut state);
            (if state.closed { Vec::new() } else { report }, begin)
        };
        self.spawn(begin);
        self.hand_over(report);
    }

    /// Hands over outcomes that were counted as being reported.
    fn hand_over(&self, ended: Vec<AttemptEnded>) {
        self.report.send(ended);
        self.reporting.fetch_sub(1, Ordering::Release);
        self.bell.ring();
    }

    /// An attempt was dropped with its runtime: it stays pending in the store.
    fn lost(&self, attempt: &Attempt) {
        let mut state = self.lock();
        state.queue.ended(attempt.label.activity);
        state.live.remove(&attempt.key());
        let first = !std::mem::replace(&mut state.closed, true);
        self.count(&state);
        if first {
            state.queue.clear();
            self.runtime_has_ended.store(true, Ordering::Release);
            tracing::error!(
                activity = attempt.label.activity,
                "the tokio runtime ended before the engine did; running activities were dropped \
                 and are made again when the store is opened next"
            );
        }
        attempt.metrics.lost();
        self.bell.ring();
    }
}

fn ended((instance, operation): CallKey, attempt: u32, outcome: Outcome) -> AttemptEnded {
    AttemptEnded {
        instance,
        operation,
        attempt,
        outcome,
    }
}
