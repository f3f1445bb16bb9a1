//! One attempt of an activity: its panics are caught, its time is limited, its cancellation obeyed.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;
use tracing::Span;

use super::Tasks;
use crate::core::{Number, Outcome, StartAttempt, message_of};
use crate::durable::{Attempt as Ended, EntryKind, Running};
use crate::engine::activity_metrics::ActivityMetrics;
use crate::engine::scope::Call;
use crate::engine::testing::Label;
use crate::engine::{ActivityContext, Scope, States};

/// Which call an attempt belongs to: its instance, and its operation within it.
pub(super) type CallKey = (Number, u64);

/// An attempt: to be begun by its first poll, then under way.
pub(super) struct Attempt {
    pub(super) label: Label,
    pub(super) token: CancellationToken,
    pub(super) metrics: Arc<ActivityMetrics>,
    timeout: Option<Duration>,
    begun: Instant,
    work: Work,
}

/// What there is of it.
enum Work {
    /// The arguments of the activity, and the states that it may ask for. Whoever polls it first makes
    /// a future of them: not the shard that has asked for it.
    Asked(StartAttempt, Arc<States>),
    /// What user code has returned, in the span that its polls run in.
    Begun(Running, Span),
    /// It returned, panicked or was given up.
    Over,
}

impl Attempt {
    pub(super) fn new(
        start: StartAttempt,
        states: Arc<States>,
        token: CancellationToken,
        metrics: Arc<ActivityMetrics>,
    ) -> Self {
        let label = Label {
            activity: start.entry.name,
            instance_id: start.instance_id.clone(),
            instance: start.instance,
            operation: start.operation,
            attempt: start.attempt,
        };
        metrics.begun(start.attempt);
        Attempt {
            label,
            token,
            metrics,
            timeout: start.timeout,
            begun: Instant::now(),
            work: Work::Asked(start, states),
        }
    }

    fn begin(&self, start: StartAttempt, states: Arc<States>) -> Work {
        let EntryKind::Activity(activity) = &start.entry.kind else {
            return Work::Over;
        };
        let span = tracing::info_span!(
            "activity",
            activity = start.entry.name,
            instance = &*start.instance_id,
            operation = start.operation,
            attempt = start.attempt,
        );
        let context = ActivityContext {
            call: Call::new(start.instance, start.operation),
            instance_id: start.instance_id,
            attempt: start.attempt,
            cancellation: self.token.clone(),
        };
        let future = (activity.run)(start.args, Scope { states, context });
        Work::Begun(future, span)
    }

    /// Which call it belongs to.
    pub(super) fn key(&self) -> CallKey {
        (self.label.instance, self.label.operation)
    }

    /// How long it has been running.
    pub(super) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Polls the user's future once.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Outcome> {
        match std::mem::replace(&mut self.work, Work::Over) {
            Work::Asked(start, states) => self.work = self.begin(start, states),
            work => self.work = work,
        }
        let Work::Begun(future, span) = &mut self.work else {
            return Poll::Pending;
        };
        let _entered = span.enter();
        let outcome = match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(Ended::Done(value))) => Outcome::Done(value),
            Ok(Poll::Ready(Ended::Error(value))) => Outcome::Error(value),
            Ok(Poll::Ready(Ended::Final(value))) => Outcome::Final(value),
            Ok(Poll::Ready(Ended::Refused(refusal))) => Outcome::Refused(refusal),
            Err(panic) => Outcome::Panicked(message_of(panic.as_ref())),
        };
        drop(_entered);
        self.give_up();
        Poll::Ready(outcome)
    }

    /// Runs it to its end, its timeout, or `grace` after its cancellation; sooner once `killed`.
    pub(super) async fn run(
        &mut self,
        tasks: &Tasks,
        grace: Duration,
        killed: &CancellationToken,
    ) -> Outcome {
        let token = self.token.clone();
        let timeout = self.timeout;
        let remaining = timeout.map(|timeout| match tasks.groups() {
            true => timeout.saturating_sub(self.elapsed()),
            // It was begun by this poll.
            false => timeout,
        });
        let mut expired = pin!(async {
            match remaining {
                Some(remaining) => tasks.sleep(remaining).await,
                None => std::future::pending().await,
            }
        });
        let mut aborted = pin!(async {
            token.cancelled().await;
            tokio::select! {
                () = tasks.sleep(grace) => {}
                () = killed.cancelled() => {}
            }
        });
        let outcome = tokio::select! {
            biased;
            outcome = poll_fn(|cx| self.poll(cx)) => outcome,
            () = &mut aborted => Outcome::Cancelled,
            () = &mut expired => {
                // What the attempt has spawned may hold the token and go on otherwise.
                token.cancel();
                Outcome::TimedOut { after_ms: millis(timeout) }
            }
        };
        self.give_up();
        outcome
    }

    /// Drops the user's future; a panic of its destructors ends here.
    fn give_up(&mut self) {
        let Work::Begun(future, span) = std::mem::replace(&mut self.work, Work::Over) else {
            return;
        };
        let _entered = span.enter();
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(future))) {
            let activity = self.label.activity;
            tracing::error!(
                activity,
                panic = message_of(panic.as_ref()),
                "a destructor panicked"
            );
        }
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        self.give_up();
    }
}

fn millis(duration: Option<Duration>) -> u64 {
    duration.map_or(0, |duration| {
        u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
    })
}
