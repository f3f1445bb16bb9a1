//! Engine time: never before what is durable, never backwards (rule 35).

use std::time::{Duration, Instant, SystemTime};

use crate::durable::Timestamp;

/// The later of the durable high-water mark and the wall clock at open, plus what has passed since.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    base: Timestamp,
    opened: Instant,
}

impl Clock {
    pub(super) fn open(high_water: Timestamp) -> Self {
        Clock {
            base: high_water.max(SystemTime::now().into()),
            opened: Instant::now(),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        let passed = u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX);
        Timestamp(self.base.0.saturating_add(passed))
    }

    /// How long until `at` has come; not at all if it has.
    pub(super) fn until(&self, at: Timestamp) -> Duration {
        let at = Duration::from_millis(at.0.saturating_sub(self.base.0));
        at.saturating_sub(self.opened.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engine_time_goes_on_from_what_is_durable_although_the_wall_clock_is_behind() {
        let future = Timestamp(Timestamp::from(SystemTime::now()).0 + 3_600_000);
        let clock = Clock::open(future);
        assert!(clock.now() >= future);
        assert!(clock.until(Timestamp(future.0 + 10_000)) <= Duration::from_secs(10));
        assert_eq!(clock.until(Timestamp(0)), Duration::ZERO);
    }
}
