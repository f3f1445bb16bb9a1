//! What is counted about attempts of activities, through the `metrics` facade.

use std::time::Duration;

use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};

use crate::core::Outcome;

/// The counters of one activity. They belong to the recorder that was installed when the first
/// attempt of the activity began.
pub(super) struct ActivityMetrics {
    attempts: Counter,
    retries: Counter,
    errors: Counter,
    timeouts: Counter,
    panics: Counter,
    cancelled: Counter,
    refused: Counter,
    running: Gauge,
    seconds: Histogram,
}

impl ActivityMetrics {
    pub(super) fn new(activity: &'static str) -> Self {
        let failed = |how: &'static str| counter!("undying_activity_failures_total", "activity" => activity, "how" => how);
        ActivityMetrics {
            attempts: counter!("undying_activity_attempts_total", "activity" => activity),
            retries: counter!("undying_activity_retries_total", "activity" => activity),
            errors: failed("error"),
            timeouts: failed("timeout"),
            panics: failed("panic"),
            cancelled: failed("cancelled"),
            refused: failed("refused"),
            running: gauge!("undying_activities_running", "activity" => activity),
            seconds: histogram!("undying_activity_duration_seconds", "activity" => activity),
        }
    }

    /// An attempt begins; the first one is number 1.
    pub(super) fn begun(&self, attempt: u32) {
        self.attempts.increment(1);
        if attempt > 1 {
            self.retries.increment(1);
        }
        self.running.increment(1.0);
    }

    /// An attempt ended.
    pub(super) fn ended(&self, outcome: &Outcome, took: Duration) {
        self.running.decrement(1.0);
        self.seconds.record(took.as_secs_f64());
        match outcome {
            Outcome::Done(_) => return,
            Outcome::Error(_) | Outcome::Final(_) => &self.errors,
            Outcome::TimedOut { .. } => &self.timeouts,
            Outcome::Panicked(_) => &self.panics,
            Outcome::Cancelled => &self.cancelled,
            Outcome::Refused(_) => &self.refused,
        }
        .increment(1);
    }

    /// An attempt was dropped with its runtime.
    pub(super) fn lost(&self) {
        self.running.decrement(1.0);
    }
}
