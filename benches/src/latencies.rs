//! Percentiles of measured times.

use std::fmt;
use std::time::Duration;

/// Measured times as they come: seconds in four bytes each, exact to a ten-millionth of it, so that a load of
/// minutes does not measure the memory of this.
#[derive(Debug, Clone, Default)]
pub struct Times(Vec<f32>);

impl Times {
    /// One more.
    pub fn push(&mut self, time: Duration) {
        self.0.push(time.as_secs_f32());
    }

    /// All those of another.
    pub fn append(&mut self, mut other: Times) {
        self.0.append(&mut other.0);
    }

    /// What can be asked of them.
    #[must_use]
    pub fn sorted(mut self) -> Latencies {
        self.0.sort_unstable_by(f32::total_cmp);
        Latencies(self.0)
    }
}

/// Measured times, sorted.
#[derive(Debug, Clone)]
pub struct Latencies(Vec<f32>);

impl Latencies {
    /// Of all these.
    #[must_use]
    pub fn new(times: Vec<Duration>) -> Latencies {
        Times(times.iter().map(Duration::as_secs_f32).collect()).sorted()
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The time that `percent` of them do not exceed; zero when there is none.
    #[must_use]
    pub fn percentile(&self, percent: usize) -> Duration {
        let rank = (self.0.len() * percent).div_ceil(100).max(1);
        let time = self.0.get(rank - 1).copied();
        Duration::from_secs_f32(time.unwrap_or_default())
    }
}

impl fmt::Display for Latencies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |percent| self.percentile(percent).as_secs_f64() * 1e3;
        write!(f, "p50 {:.2} ms, p99 {:.2} ms", ms(50), ms(99))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_the_smallest_time_that_so_many_do_not_exceed() {
        let latencies = Latencies::new((1..=200).rev().map(Duration::from_millis).collect());
        for (percent, expected) in [(50, 100), (99, 198), (100, 200)] {
            let inexact = latencies
                .percentile(percent)
                .abs_diff(Duration::from_millis(expected));
            assert!(inexact < Duration::from_micros(1), "{percent}: {inexact:?}");
        }
    }

    #[test]
    fn of_nothing_every_percentile_is_zero() {
        assert_eq!(Times::default().sorted().percentile(99), Duration::ZERO);
    }
}
