//! Groups: attempts that are begun together share one task until they have to wait.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use super::Inner;
use super::attempt::{Attempt, CallKey};
use crate::core::Outcome;

/// Most attempts that are begun by one tokio task.
const GROUP: usize = 32;
/// A first poll longer than this makes the rest of its group run apart: the activity computes or
/// blocks, and the others need not wait for it.
const LONG_POLL: Duration = Duration::from_micros(200);

impl Inner {
    /// Begins these attempts, several to a task: most activities of a test or a lookup are ready
    /// at their first poll, and a task for each would cost more than they do.
    pub(super) fn spawn(self: &Arc<Self>, begin: Vec<Attempt>) {
        let mut attempts = begin.into_iter().map(|attempt| Guard::new(self, attempt));
        if !self.tasks.groups() {
            return attempts.for_each(Guard::spawn);
        }
        while attempts.len() > 0 {
            let group: Vec<_> = attempts.by_ref().take(GROUP).collect();
            if let Some(label) = group.first().map(|guard| guard.attempt.label.clone()) {
                self.tasks.spawn(&label, run_group(self.clone(), group));
            }
        }
    }
}

/// An attempt that says so if it is dropped before its end.
struct Guard {
    inner: Arc<Inner>,
    attempt: Attempt,
    ended: bool,
}

impl Guard {
    fn new(inner: &Arc<Inner>, attempt: Attempt) -> Self {
        let inner = inner.clone();
        Guard {
            inner,
            attempt,
            ended: false,
        }
    }

    /// Gives it a task of its own.
    fn spawn(self) {
        let (tasks, label) = (self.inner.tasks.clone(), self.attempt.label.clone());
        tasks.spawn(&label, run_apart(self));
    }

    fn end(mut self, outcome: Outcome) -> (CallKey, &'static str, Outcome) {
        self.ended = true;
        self.attempt.metrics.ended(&outcome, self.attempt.elapsed());
        (self.attempt.key(), self.attempt.label.activity, outcome)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if !self.ended {
            self.inner.lost(&self.attempt);
        }
    }
}

async fn run_group(inner: Arc<Inner>, group: Vec<Guard>) {
    let mut outcomes = Vec::with_capacity(group.len());
    let mut group = group.into_iter();
    let mut before = Instant::now();
    while let Some(mut guard) = group.next() {
        match poll_fn(|cx| Poll::Ready(guard.attempt.poll(cx))).await {
            Poll::Ready(outcome) => outcomes.push(guard.end(outcome)),
            Poll::Pending => guard.spawn(),
        }
        let now = Instant::now();
        if now - before > LONG_POLL {
            for guard in group.by_ref() {
                guard.spawn();
            }
        }
        before = now;
    }
    inner.ended(outcomes);
}

async fn run_apart(mut guard: Guard) {
    let inner = guard.inner.clone();
    let outcome = guard
        .attempt
        .run(&inner.tasks, inner.grace, &inner.killed)
        .await;
    inner.ended(vec![guard.end(outcome)]);
}
