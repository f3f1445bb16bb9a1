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
use crate::core::{Number, Outcome, message_of};
use crate::durable::{Attempt as Ended, Running};
use crate::engine::activity_metrics::ActivityMetrics;
use crate::engine::testing::Label;

/// Which call an attempt belongs to: its instance, and its operation within it.
pub(super) type CallKey = (Number, u64);

/// An attempt under way.
pub(super) struct Attempt {
    pub(super) label: Label,
    pub(super) token: CancellationToken,
    pub(super) metrics: Arc<ActivityMetrics>,
    timeout: Option<Duration>,
    span: Span,
    begun: Instant,
    /// Empty once it has returned, panicked or was given up.
    future: Option<Running>,
}

impl Attempt {
    pub(super) fn new(
        label: Label,
        token: CancellationToken,
        metrics: Arc<ActivityMetrics>,
        timeout: Option<Duration>,
        span: Span,
        future: Running,
    ) -> Self {
        Attempt {
            label,
            token,
            metrics,
            timeout,
            span,
            begun: Instant::now(),
            future: Some(future),
        }
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
        let Some(future) = self.future.as_mut() else {
            return Poll::Pending;
        };
        let _entered = self.span.enter();
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
        let Some(future) = self.future.take() else {
            return;
        };
        let _entered = self.span.enter();
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
