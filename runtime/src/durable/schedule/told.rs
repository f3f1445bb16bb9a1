//! `Told`: what a schedule says of itself, as its status.

use std::fmt;
use std::time::SystemTime;

use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::Error;

use super::book::Book;
use super::keeper::plan_of;
use super::{Missed, Overlap, when};
use crate::durable::Timestamp;
use crate::schema::Stored;

/// As a status it is a line a field, `next: 2026-11-28T03:00:00Z`, for people as well as for
/// [`Engine::schedules`](crate::Engine::schedules).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) schedule: String,
    pub(crate) orchestration: String,
    pub(crate) overlap: Overlap,
    pub(crate) missed: Missed,
    pub(crate) next: Option<Timestamp>,
    pub(crate) last: Option<String>,
    pub(crate) started: u64,
    pub(crate) skipped: u64,
}

impl Told {
    /// What one would say that was started with these arguments, and has not run.
    pub(crate) fn before(name: &str, args: &Stored, now: Timestamp) -> Told {
        let plan = plan_of(args);
        let book = plan.and_then(|plan| Book::new(name.to_owned(), plan, now).ok());
        book.map(|book| book.told()).unwrap_or_default()
    }

    pub(crate) fn next(&self) -> Option<SystemTime> {
        self.next.map(SystemTime::from)
    }

    /// Reads what was written. What it does not know is left out.
    pub(crate) fn read(status: &str) -> Told {
        let mut told = Told::default();
        for (field, value) in status.lines().filter_map(|line| line.split_once(": ")) {
            match field {
                "schedule" => value.clone_into(&mut told.schedule),
                "orchestration" => value.clone_into(&mut told.orchestration),
                "overlap" => told.overlap = variant(value),
                "missed" => told.missed = variant(value),
                "next" => told.next = when::read(value),
                "last" => told.last = Some(value.to_owned()),
                "started" => told.started = value.parse().unwrap_or_default(),
                "skipped" => told.skipped = value.parse().unwrap_or_default(),
                _ => {}
            }
        }
        told
    }
}

fn variant<'de, T: Deserialize<'de> + Default>(name: &'de str) -> T {
    let read: Result<T, Error> = T::deserialize(name.into_deserializer());
    read.unwrap_or_default()
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = |text: &str| text.replace(['\n', '\r'], " ");
        writeln!(f, "schedule: {}", line(&self.schedule))?;
        writeln!(f, "orchestration: {}", line(&self.orchestration))?;
        writeln!(f, "overlap: {:?}", self.overlap)?;
        writeln!(f, "missed: {:?}", self.missed)?;
        if let Some(next) = self.next {
            writeln!(f, "next: {}", when::written(next))?;
        }
        if let Some(last) = &self.last {
            writeln!(f, "last: {}", line(last))?;
        }
        writeln!(f, "started: {}", self.started)?;
        write!(f, "skipped: {}", self.skipped)
    }
}
