//! `When`: the times of a schedule, computed from a given instant.

use std::fmt;
use std::sync::LazyLock;
use std::time::Duration;

use croner::Cron;
use croner::errors::CronError;
use croner::parser::{CronParser, Seconds, Year};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Serialize};

use super::wall::Wall;
use crate::durable::Timestamp;
use crate::durable::limits::CRON_BYTES_MAX;

/// A schedule that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidSchedule {
    /// A cron expression that is not one.
    #[error(
        "`{expression}` is not a cron expression: {why}; it has five fields, as in `0 3 * * MON-FRI`, \
         or six with the second before them"
    )]
    Expression {
        /// The expression.
        expression: String,
        /// What is wrong.
        why: String,
    },
    /// A cron expression that never comes true.
    #[error("the cron expression `{expression}` never comes true")]
    Never {
        /// The expression.
        expression: String,
    },
    /// A time zone that is not in the database.
    #[error(
        "there is no time zone `{name}`; use a name of the IANA database, like `Europe/Berlin`"
    )]
    TimeZone {
        /// The name.
        name: String,
    },
}

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum When {
    Cron { expression: String, zone: String },
    Every { millis: u64 },
}

/// Not the machine's database: what a schedule means does not depend on where it runs.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

impl When {
    pub(super) fn cron(expression: String) -> Result<When, InvalidSchedule> {
        let zone = "UTC".to_owned();
        let when = When::Cron { expression, zone };
        match (when.next(Timestamp(0))?, when) {
            (None, When::Cron { expression, .. }) => Err(InvalidSchedule::Never { expression }),
            (_, when) => Ok(when),
        }
    }

    pub(super) fn every(interval: Duration) -> When {
        let millis = u64::try_from(interval.as_millis()).unwrap_or(u64::MAX);
        When::Every {
            millis: millis.max(1),
        }
    }

    pub(super) fn time_zone(mut self, name: String) -> Result<When, InvalidSchedule> {
        find_zone(&name)?;
        if let When::Cron { zone, .. } = &mut self {
            *zone = name;
        }
        Ok(self)
    }

    /// The first time after `after`.
    pub(super) fn next(&self, after: Timestamp) -> Result<Option<Timestamp>, InvalidSchedule> {
        match self {
            When::Every { millis } => {
                let next = (after.0 / millis).checked_add(1);
                Ok(next
                    .and_then(|next| next.checked_mul(*millis))
                    .map(Timestamp))
            }
            When::Cron { expression, zone } => find(expression, zone, after, |cron, after| {
                cron.find_next_occurrence(after, false)
            }),
        }
    }

    /// The last time that is not after `now`.
    pub(super) fn latest(&self, now: Timestamp) -> Result<Option<Timestamp>, InvalidSchedule> {
        match self {
            When::Every { millis } => Ok(Some(Timestamp(now.0 / millis * millis))),
            When::Cron { expression, zone } => find(expression, zone, now, |cron, now| {
                cron.find_previous_occurrence(now, true)
            }),
        }
    }
}

fn find(
    expression: &str,
    zone: &str,
    at: Timestamp,
    find: impl FnOnce(&Cron, &Wall) -> Result<Wall, CronError>,
) -> Result<Option<Timestamp>, InvalidSchedule> {
    let cron = parse(expression)?;
    let zone = find_zone(zone)?;
    // Beyond the year 9999 there are no times.
    let Some(at) = instant(at) else {
        return Ok(None);
    };
    match find(&cron, &Wall(at.to_zoned_datetime(zone))) {
        Ok(found) => Ok(u64::try_from(found.0.timestamp().as_millisecond())
            .ok()
            .map(Timestamp)),
        Err(
            CronError::TimeSearchLimitExceeded | CronError::InvalidDate | CronError::InvalidTime,
        ) => Ok(None),
        Err(error) => Err(invalid(expression, &error)),
    }
}

fn parse(expression: &str) -> Result<Cron, InvalidSchedule> {
    if expression.len() > CRON_BYTES_MAX {
        return Err(InvalidSchedule::Expression {
            expression: expression.chars().take(32).collect(),
            why: format!(
                "it is {} bytes, more than {CRON_BYTES_MAX}",
                expression.len()
            ),
        });
    }
    let parser = CronParser::builder()
        .seconds(Seconds::Optional)
        .year(Year::Optional)
        .build();
    parser
        .parse(expression)
        .map_err(|error| invalid(expression, &error))
}

fn invalid(expression: &str, error: &CronError) -> InvalidSchedule {
    InvalidSchedule::Expression {
        expression: expression.to_owned(),
        why: error.to_string(),
    }
}

fn find_zone(name: &str) -> Result<TimeZone, InvalidSchedule> {
    ZONES.get(name).map_err(|_| InvalidSchedule::TimeZone {
        name: name.to_owned(),
    })
}

fn instant(at: Timestamp) -> Option<jiff::Timestamp> {
    let millis = i64::try_from(at.0).ok()?;
    jiff::Timestamp::from_millisecond(millis).ok()
}

/// A time as ids have it: `2026-11-28T03:00:00Z`.
pub(super) fn written(at: Timestamp) -> String {
    instant(at).map_or_else(|| at.0.to_string(), |at| at.to_string())
}

/// The time that was so written.
pub(super) fn read(at: &str) -> Option<Timestamp> {
    let at: jiff::Timestamp = at.parse().ok()?;
    u64::try_from(at.as_millisecond()).ok().map(Timestamp)
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            When::Cron { expression, zone } => write!(f, "{expression} in {zone}"),
            When::Every { millis } => write!(f, "every {:?}", Duration::from_millis(*millis)),
        }
    }
}
