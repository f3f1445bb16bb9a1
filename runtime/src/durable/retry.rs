//! `Retry`: when a failed attempt of an activity is made again.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A retry policy: exponential back-off with a cap (the policy of Durable Functions).
///
/// ```
/// use std::time::Duration;
/// use undying::Retry;
/// let policy = Retry::attempts(4).first(Duration::from_millis(100)).factor(2.0);
/// assert_eq!(policy.delay(1), Duration::from_millis(100)); // after the first attempt
/// assert_eq!(policy.delay(3), Duration::from_millis(400)); // after the third
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Retry {
    max_attempts: u32,
    first_ms: u64,
    factor: f64,
    max_ms: u64,
    within_ms: Option<u64>,
}

impl Retry {
    /// At most `max_attempts` attempts, the first included; 0 counts as 1. The pause is 1 s at first,
    /// doubles, and is capped at one hour.
    #[must_use]
    pub const fn attempts(max_attempts: u32) -> Self {
        let max_attempts = if max_attempts == 0 { 1 } else { max_attempts };
        Retry {
            max_attempts,
            first_ms: 1_000,
            factor: 2.0,
            max_ms: 3_600_000,
            within_ms: None,
        }
    }

    /// One attempt only.
    #[must_use]
    pub const fn never() -> Self {
        Retry::attempts(1)
    }

    /// The pause after the first attempt, in whole milliseconds.
    #[must_use]
    pub const fn first(mut self, pause: Duration) -> Self {
        self.first_ms = pause.as_millis() as u64;
        self
    }

    /// What each further pause is multiplied with; less than 1 or NaN counts as 1.
    #[must_use]
    pub const fn factor(mut self, factor: f64) -> Self {
        self.factor = if factor >= 1.0 { factor } else { 1.0 };
        self
    }

    /// The longest pause.
    #[must_use]
    pub const fn max(mut self, pause: Duration) -> Self {
        self.max_ms = pause.as_millis() as u64;
        self
    }

    /// No further attempt is begun once this long has passed since the call was made.
    #[must_use]
    pub const fn within(mut self, total: Duration) -> Self {
        self.within_ms = Some(total.as_millis() as u64);
        self
    }

    /// How many attempts there may be.
    #[must_use]
    pub const fn max_attempts(&self) -> u32 {
        self.max_attempts
    }

    /// The pause after `attempt` (counted from 1) failed.
    #[must_use]
    pub fn delay(&self, attempt: u32) -> Duration {
        let exponent = attempt.saturating_sub(1).min(1_000);
        let pause = self.first_ms as f64 * self.factor.powi(exponent as i32);
        Duration::from_millis((pause as u64).min(self.max_ms))
    }

    /// Whether another attempt follows when `attempt` failed `elapsed` after the call was made.
    #[must_use]
    pub fn again(&self, attempt: u32, elapsed: Duration) -> bool {
        let in_time = self.within_ms.is_none_or(|within| {
            elapsed.saturating_add(self.delay(attempt)) <= Duration::from_millis(within)
        });
        attempt < self.max_attempts && in_time
    }
}

impl Default for Retry {
    fn default() -> Self {
        Retry::never()
    }
}
