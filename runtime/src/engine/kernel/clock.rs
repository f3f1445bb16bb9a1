//! Engine time: never before what is durable, never backwards (rule 35).

use std::time::{Duration, Instant, SystemTime};

use super::inbox::Patience;
use crate::durable::Timestamp;
use crate::engine::VirtualClock;
use crate::engine::bell::Bell;
use crate::planted::planted;

/// What time it is.
#[derive(Clone, Debug)]
pub(super) enum Clock {
    /// The later of the durable high-water mark and the wall clock at open, plus what has passed since.
    Passing { base: Timestamp, opened: Instant },
    /// It passes when a test says so.
    Virtual(VirtualClock),
}

impl Clock {
    pub(super) fn open(high_water: Timestamp, clock: Option<VirtualClock>) -> Self {
        if let Some(clock) = clock {
            clock.set(high_water);
            return Clock::Virtual(clock);
        }
        Clock::Passing {
            base: match planted!(ClockGoesBack) {
                false => high_water.max(SystemTime::now().into()),
                true => SystemTime::now().into(),
            },
            opened: Instant::now(),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        match self {
            Clock::Virtual(clock) => clock.timestamp(),
            Clock::Passing { base, opened } => {
                let passed = u64::try_from(opened.elapsed().as_millis()).unwrap_or(u64::MAX);
                Timestamp(base.0.saturating_add(passed))
            }
        }
    }

    /// How long who has something to do at `at` waits for an input.
    pub(super) fn patience(&self, at: Timestamp) -> Patience {
        match self {
            Clock::Virtual(clock) if at <= clock.timestamp() => Patience::None,
            // When the clock is moved, that is an input.
            Clock::Virtual(_) => Patience::Endless,
            Clock::Passing { base, opened } => {
                let at = Duration::from_millis(at.0.saturating_sub(base.0));
                Patience::For(at.saturating_sub(opened.elapsed()))
            }
        }
    }

    /// Tells the virtual clock what comes to rest.
    pub(super) fn bell(&self) -> Bell {
        match self {
            Clock::Virtual(clock) => clock.bell(),
            Clock::Passing { .. } => Bell::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engine_time_goes_on_from_what_is_durable_although_the_wall_clock_is_behind() {
        let future = Timestamp(Timestamp::from(SystemTime::now()).0 + 3_600_000);
        let clock = Clock::open(future, None);
        assert!(clock.now() >= future);
        let soon = clock.patience(Timestamp(future.0 + 10_000));
        assert!(matches!(soon, Patience::For(time) if time <= Duration::from_secs(10)));
        assert_eq!(clock.patience(Timestamp(0)), Patience::For(Duration::ZERO));
    }

    #[test]
    fn a_virtual_clock_goes_on_from_what_is_durable() {
        let clock = VirtualClock::new();
        let future = Timestamp(clock.timestamp().0 + 3_600_000);
        let engine_time = Clock::open(future, Some(clock.clone()));
        assert_eq!((engine_time.now(), clock.timestamp()), (future, future));
        Clock::open(Timestamp(0), Some(clock.clone()));
        assert_eq!(clock.timestamp(), future);
    }
}
