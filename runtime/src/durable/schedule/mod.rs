//! `Schedule`: when an orchestration is started again and again, and what happens when it is late.

mod book;
mod keeper;
mod named;
#[cfg(test)]
#[cfg(not(miri))] // Tables of time zones, read some hundred times slower.
mod tests;
mod told;
mod wall;
mod when;

use std::fmt;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use self::when::When;
use super::Timestamp;

pub(crate) use book::{Order, Plan};
pub(crate) use keeper::{KEEPER, ORDER, keeper_args, keeper_id};
pub(crate) use told::Told;
pub use when::InvalidSchedule;

/// When the orchestration of [`Engine::schedule`](crate::Engine::schedule) is started.
///
/// ```
/// use std::time::Duration;
/// use undying::{Missed, Overlap, Schedule};
///
/// # fn main() -> Result<(), undying::InvalidSchedule> {
/// let nightly = Schedule::cron("0 3 * * *")?.time_zone("Europe/Berlin")?.overlap(Overlap::Skip);
/// let often = Schedule::every(Duration::from_secs(10)).missed(Missed::Skip);
/// # let _ = often;
/// assert_eq!(nightly.to_string(), "0 3 * * * in Europe/Berlin");
///
/// let error = Schedule::cron("0 25 * * *").unwrap_err().to_string();
/// assert!(error.contains("`0 25 * * *`"), "{error}");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    when: When,
    pub(crate) overlap: Overlap,
    pub(crate) missed: Missed,
    starting: Option<Timestamp>,
    ending: Option<Timestamp>,
}

/// What happens when a schedule's time has come and what it started last has not ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Overlap {
    /// Nothing is started, and the time is counted as skipped.
    #[default]
    Skip,
    /// It is started beside the other.
    Allow,
    /// It is started when the other has ended; of several such times the first, the others are
    /// skipped.
    QueueOne,
    /// The other is cancelled, and it is started.
    CancelRunning,
}

/// What happens at the times of a schedule that have passed while the program did not run, or while
/// the schedule was paused.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Missed {
    /// All of them together are one start, for the last of these times.
    #[default]
    RunOnce,
    /// Each of them is a start.
    RunAll,
    /// None is a start, but for one that is at most
    /// [a minute](super::limits::SCHEDULE_GRACE) late.
    Skip,
}

impl Schedule {
    /// At the times of a cron expression: minute, hour, day of the month, month, day of the week, as in
    /// `crontab(5)`; with a sixth field before them for the second, a seventh behind for the
    /// year, names such as `MON` and `@daily`, `L` for the last day, `15W` for the weekday closest to
    /// the 15th, `FRI#2` for the second Friday.
    ///
    /// In UTC, unless a [time zone](Self::time_zone) is chosen.
    ///
    /// # Errors
    /// The expression is not one, or it never comes true.
    pub fn cron(expression: impl Into<String>) -> Result<Schedule, InvalidSchedule> {
        let expression = expression.into();
        let fields: Vec<_> = expression.split_whitespace().collect();
        When::cron(fields.join(" ")).map(Schedule::of)
    }

    /// Every so often, in whole milliseconds, at least one: whenever engine time is a multiple of
    /// it, counted from the beginning of 1970 in UTC. So an hour is the full hour, and a program that
    /// is started again does not shift it.
    #[must_use]
    pub fn every(interval: Duration) -> Schedule {
        Schedule::of(When::every(interval))
    }

    fn of(when: When) -> Schedule {
        Schedule {
            when,
            overlap: Overlap::default(),
            missed: Missed::default(),
            starting: None,
            ending: None,
        }
    }

    /// The time zone of a [cron](Self::cron) expression, by its name in the IANA database, such as
    /// `Europe/Berlin`. It means nothing for [`every`](Self::every).
    ///
    /// When clocks change, what `crontab` does is done. With one fixed time of day, `30 2 * * *`:
    /// a time that is left out in spring is the first one after the gap, and a time that comes twice in
    /// autumn counts once, the first time. With any other expression, `*/30 * * * *`: times that are
    /// left out do not come, and those that come twice count twice.
    ///
    /// # Errors
    /// There is no such time zone in the database that this version was built with.
    pub fn time_zone(mut self, name: impl Into<String>) -> Result<Schedule, InvalidSchedule> {
        self.when = self.when.time_zone(name.into())?;
        Ok(self)
    }

    /// What happens when what was started last has not ended. The default is [`Overlap::Skip`].
    #[must_use]
    pub fn overlap(mut self, overlap: Overlap) -> Schedule {
        self.overlap = overlap;
        self
    }

    /// What happens at times that have passed unseen. The default is [`Missed::RunOnce`].
    #[must_use]
    pub fn missed(mut self, missed: Missed) -> Schedule {
        self.missed = missed;
        self
    }

    /// Not before this time.
    #[must_use]
    pub fn starting(mut self, time: SystemTime) -> Schedule {
        self.starting = Some(time.into());
        self
    }

    /// Not after this time.
    #[must_use]
    pub fn ending(mut self, time: SystemTime) -> Schedule {
        self.ending = Some(time.into());
        self
    }

    /// The time that an instance was started for, read off its id: for
    /// `nightly/2026-11-28T03:00:00Z` that time. `None` if the id is not that of a schedule.
    ///
    /// ```
    /// use undying::Schedule;
    /// use undying::prelude::*;
    ///
    /// #[orchestration]
    /// async fn report(cx: &mut Context) -> Option<std::time::SystemTime> {
    ///     Schedule::time_of(cx.instance_id())
    /// }
    ///
    /// assert!(Schedule::time_of("nightly/2026-11-28T03:00:00Z").is_some());
    /// assert!(Schedule::time_of("order-17").is_none());
    /// ```
    #[must_use]
    pub fn time_of(instance_id: &str) -> Option<SystemTime> {
        let (_, time) = instance_id.rsplit_once('/')?;
        when::read(time).map(SystemTime::from)
    }

    /// The id of what is started beside the times of a schedule.
    pub(crate) fn id_of_trigger(name: &str, now: Timestamp) -> String {
        format!("{name}/trigger/{}", when::written(now))
    }

    /// The next time after `after`, if there is one.
    pub(crate) fn next(&self, after: Timestamp) -> Result<Option<Timestamp>, InvalidSchedule> {
        let from = self
            .starting
            .map_or(0, |starting| starting.0.saturating_sub(1));
        let next = self.when.next(Timestamp(after.0.max(from)))?;
        Ok(next.filter(|next| self.ending.is_none_or(|ending| *next <= ending)))
    }

    /// The last time that is not after `now`, of which `due` is one.
    pub(crate) fn latest(
        &self,
        due: Timestamp,
        now: Timestamp,
    ) -> Result<Timestamp, InvalidSchedule> {
        let until = self.ending.map_or(now, |ending| ending.min(now));
        Ok(self
            .when
            .latest(until)?
            .map_or(due, |latest| latest.max(due)))
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.when.fmt(f)
    }
}
