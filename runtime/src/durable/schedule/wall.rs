//! `Wall`: an instant in a time zone, for croner.

use std::cmp::Ordering;

use croner::errors::CronError;
use croner::{CivilDate, CivilDateTime, CivilTime, CronDateTime, Resolution, Weekday};
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, AmbiguousZonedDateTime};
use jiff::{SignedDuration, ZonedDateTime};

/// See the module.
#[derive(Debug, Clone)]
pub(super) struct Wall(pub(super) ZonedDateTime);

impl CronDateTime for Wall {
    fn to_civil(&self) -> CivilDateTime {
        let at = self.0.datetime();
        let date = CivilDate::from_parts_unchecked(
            i32::from(at.year()),
            u32::from(at.month().unsigned_abs()),
            u32::from(at.day().unsigned_abs()),
        );
        let time = CivilTime::from_parts_unchecked(
            u32::from(at.hour().unsigned_abs()),
            u32::from(at.minute().unsigned_abs()),
            u32::from(at.second().unsigned_abs()),
        );
        CivilDateTime::new(date, time)
    }

    fn civil_weekday(&self) -> Weekday {
        let sunday = self.0.weekday().to_sunday_zero_offset();
        Weekday::from_days_from_sunday(u32::from(sunday.unsigned_abs()))
    }

    fn resolve_civil(&self, civil: CivilDateTime) -> Result<Resolution<Self>, CronError> {
        let at = datetime(civil).ok_or(CronError::InvalidDate)?;
        let zoned = self.0.time_zone().to_ambiguous_zoned_datetime(at);
        let earlier = |zoned: AmbiguousZonedDateTime| zoned.earlier().map(Wall);
        let resolved = match zoned.offset() {
            AmbiguousOffset::Unambiguous { .. } => earlier(zoned).map(Resolution::Single),
            AmbiguousOffset::Gap { .. } => Ok(Resolution::Gap),
            AmbiguousOffset::Fold { .. } => earlier(zoned.clone()).and_then(|earlier| {
                let later = zoned.later().map(Wall)?;
                Ok(Resolution::Ambiguous(earlier, later))
            }),
        };
        resolved.map_err(|_| CronError::InvalidTime)
    }

    fn checked_add_seconds(&self, seconds: i64) -> Option<Self> {
        let later = self.0.checked_add(SignedDuration::from_secs(seconds));
        later.ok().map(Wall)
    }

    fn cmp_instant(&self, other: &Self) -> Ordering {
        self.0.timestamp().cmp(&other.0.timestamp())
    }
}

fn datetime(civil: CivilDateTime) -> Option<DateTime> {
    let part = |part: u32| i8::try_from(part).ok();
    DateTime::new(
        i16::try_from(civil.year()).ok()?,
        part(civil.month())?,
        part(civil.day())?,
        part(civil.hour())?,
        part(civil.minute())?,
        part(civil.second())?,
        0,
    )
    .ok()
}
