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
    /// In thousandths.
    jitter: u16,
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
            jitter: 0,
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

    /// Shortens each pause by up to this fraction of it, from 0.0 to 1.0, so that calls that failed
    /// together are not made again together. By how much depends on the call and the attempt alone.
    #[must_use]
    pub const fn jitter(mut self, fraction: f64) -> Self {
        self.jitter = if fraction >= 1.0 {
            1_000
        } else if fraction > 0.0 {
            (fraction * 1_000.0) as u16
        } else {
            0
        };
        self
    }

    /// How many attempts there may be.
    #[must_use]
    pub const fn max_attempts(&self) -> u32 {
        self.max_attempts
    }

    /// The pause after `attempt` (counted from 1) failed, before jitter.
    #[must_use]
    pub fn delay(&self, attempt: u32) -> Duration {
        let factors = attempt.saturating_sub(1).min(1_000);
        // Not a power: the last digit of one may be another on another machine.
        let pause = (0..factors).fold(self.first_ms as f64, |pause, _| pause * self.factor);
        Duration::from_millis((pause as u64).min(self.max_ms))
    }

    /// The same, shortened by jitter. Equal `seed`s give equal pauses.
    #[must_use]
    pub fn pause(&self, attempt: u32, seed: u64) -> Duration {
        let pause = self.delay(attempt);
        if self.jitter == 0 {
            return pause;
        }
        let mut bytes = [0; 12];
        bytes[..8].copy_from_slice(&seed.to_be_bytes());
        bytes[8..].copy_from_slice(&attempt.to_be_bytes());
        let share = xxhash_rust::xxh3::xxh3_64(&bytes) >> 32;
        let most = pause.as_millis() * u128::from(self.jitter) / 1_000;
        let less = (most * u128::from(share)) >> 32;
        pause - Duration::from_millis(less as u64)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_shortens_a_pause_by_at_most_its_fraction() {
        let policy = Retry::attempts(9)
            .first(Duration::from_secs(10))
            .jitter(0.3);
        let pauses: Vec<_> = (0..1_000).map(|seed| policy.pause(2, seed)).collect();
        let (least, most) = (pauses.iter().min(), pauses.iter().max());
        let within = |at: Option<&Duration>, from, to| {
            at.is_some_and(|at| {
                (Duration::from_millis(from)..=Duration::from_millis(to)).contains(at)
            })
        };
        assert!(within(least, 14_000, 14_200), "{least:?}");
        assert!(within(most, 19_800, 20_000), "{most:?}");
    }

    /// The pauses of a call that always fails at once, in milliseconds, until it is given up.
    #[track_caller]
    fn check(policy: Retry, pauses: &[u64]) {
        let (mut attempt, mut elapsed, mut all) = (1, Duration::ZERO, Vec::new());
        while policy.again(attempt, elapsed) {
            let pause = policy.delay(attempt);
            elapsed += pause;
            all.push(pause.as_millis() as u64);
            attempt += 1;
        }
        assert_eq!(all, pauses, "{policy:?}");
    }

    #[test]
    fn each_part_of_a_policy_shapes_the_sequence_of_pauses() {
        let (millis, secs) = (Duration::from_millis, Duration::from_secs);
        let fast = |attempts| Retry::attempts(attempts).first(millis(100));
        check(Retry::never(), &[]);
        check(Retry::attempts(0), &[]);
        check(Retry::attempts(1), &[]);
        check(Retry::attempts(5), &[1_000, 2_000, 4_000, 8_000]);
        check(fast(4), &[100, 200, 400]);
        check(fast(4).factor(1.0), &[100, 100, 100]);
        check(fast(4).factor(0.5), &[100, 100, 100]);
        check(fast(4).factor(f64::NAN), &[100, 100, 100]);
        check(fast(5).factor(1.5), &[100, 150, 225, 337]);
        check(
            fast(6).factor(3.0).max(millis(500)),
            &[100, 300, 500, 500, 500],
        );
        check(
            fast(4).factor(f64::INFINITY).max(secs(9)),
            &[100, 9_000, 9_000],
        );
        // The pauses have to end within the time, too.
        check(fast(99).within(millis(699)), &[100, 200]);
        check(fast(99).within(millis(700)), &[100, 200, 400]);
        check(fast(99).within(millis(99)), &[]);
        check(fast(3).within(secs(9)), &[100, 200]);
    }

    #[test]
    fn the_same_call_and_attempt_pause_equally_long() {
        let policy = Retry::attempts(9).jitter(1.0);
        assert_eq!(policy.pause(3, 7), policy.pause(3, 7));
        assert_ne!(policy.pause(3, 7), policy.pause(3, 8));
    }

    #[test]
    fn without_jitter_the_pause_is_the_policys() {
        let policy = Retry::attempts(9);
        assert_eq!(policy.pause(3, 7), policy.delay(3));
        assert_eq!(policy.jitter(0.0).pause(3, 7), policy.delay(3));
    }
}
