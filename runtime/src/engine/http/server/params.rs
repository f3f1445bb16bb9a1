//! `Params`: the query of a request, of which nothing may be left over.

use std::iter::from_fn;
use std::time::Duration;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;

use super::problem::Problem;
use crate::core::{Cursor, EntityCursor, EntityFilter, Filter, Number, Status, Tags};
use crate::durable::Timestamp;
use crate::durable::limits::HTTP_WAIT_MAX;

const TAG: &str = "tag.";
const TIME: &str = "a time like `2026-01-31T12:00:00Z`";
const CURSOR: &str = "what `next` said on the page before";

pub(super) struct Params(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(params)) => Ok(Params(params)),
            Err(error) => Err(Problem::malformed(error.body_text())),
        }
    }
}

impl Params {
    /// The parameter of this name.
    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.remove(at).1)
    }

    fn parsed<T>(
        &mut self,
        name: &str,
        wanted: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let Some(text) = self.take(name) else {
            return Ok(None);
        };
        match parse(&text) {
            Some(value) => Ok(Some(value)),
            None => Err(Problem::malformed(format!(
                "`{name}` is `{text}`; it must be {wanted}"
            ))),
        }
    }

    /// The tags: `tag.city=Bern`.
    pub(super) fn tags(&mut self) -> Tags {
        let tags = self.0.extract_if(.., |(name, _)| name.starts_with(TAG));
        tags.map(|(name, value)| (name[TAG.len()..].to_owned(), value))
            .collect()
    }

    /// A switch: `signal=true`.
    pub(super) fn switch(&mut self, name: &str) -> Result<bool, Problem> {
        let on = self.parsed(name, "`true` or `false`", |text| text.parse().ok())?;
        Ok(on.unwrap_or(false))
    }

    /// How long to wait, at most a minute: `wait=30s`.
    pub(super) fn wait(&mut self) -> Result<Option<Duration>, Problem> {
        let wanted = "a time like `500ms`, `30s` or `1m`";
        let wait = self.parsed("wait", wanted, duration)?;
        Ok(wait.map(|wait| wait.min(HTTP_WAIT_MAX)))
    }

    /// Which instances.
    pub(super) fn filter(&mut self) -> Result<Filter, Problem> {
        Ok(Filter {
            statuses: self.statuses()?,
            orchestrations: from_fn(|| self.take("orchestration")).collect(),
            versions: from_fn(|| self.take("version")).collect(),
            id_prefix: self.take("prefix"),
            tags: self.tags(),
            created_from: self.parsed("created_from", TIME, timestamp)?,
            created_before: self.parsed("created_before", TIME, timestamp)?,
            updated_from: self.parsed("updated_from", TIME, timestamp)?,
            updated_before: self.parsed("updated_before", TIME, timestamp)?,
            limit: self.limit()?,
            after: self.parsed("cursor", CURSOR, cursor_of)?,
        })
    }

    /// One of several: `status=failed&status=parked`.
    fn statuses(&mut self) -> Result<Vec<Status>, Problem> {
        let wanted = "one of running, completed, failed, cancelled, terminated, suspended, parked";
        from_fn(|| self.parsed("status", wanted, status).transpose()).collect()
    }

    /// Which entities of a name.
    pub(super) fn entities(&mut self) -> Result<EntityFilter, Problem> {
        Ok(EntityFilter {
            key_prefix: self.take("prefix").unwrap_or_default(),
            updated_from: self.parsed("updated_from", TIME, timestamp)?,
            updated_before: self.parsed("updated_before", TIME, timestamp)?,
            states: self.switch("states")?,
            limit: self.limit()?,
            after: self.parsed("cursor", CURSOR, entity_cursor_of)?,
        })
    }

    fn limit(&mut self) -> Result<usize, Problem> {
        let limit = self.parsed("limit", "a number", |text| text.parse().ok())?;
        Ok(limit.unwrap_or(0))
    }

    /// Whether nothing was asked for.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Refuses what nobody has taken.
    pub(super) fn end(self) -> Result<(), Problem> {
        match self.0.first() {
            None => Ok(()),
            Some((name, _)) => Err(Problem::malformed(format!(
                "this path has no parameter `{name}`, or it is given twice"
            ))),
        }
    }
}

fn status(name: &str) -> Option<Status> {
    let all = [
        Status::Running,
        Status::Completed,
        Status::Failed,
        Status::Cancelled,
        Status::Parked,
        Status::Terminated,
        Status::Suspended,
    ];
    all.into_iter().find(|status| status.to_string() == name)
}

fn timestamp(text: &str) -> Option<Timestamp> {
    let time: jiff::Timestamp = text.parse().ok()?;
    u64::try_from(time.as_millisecond()).ok().map(Timestamp)
}

/// Where a list of entities goes on: `partition.key`.
pub(super) fn entity_cursor(cursor: EntityCursor) -> String {
    format!("{}.{}", cursor.partition, cursor.key)
}

fn entity_cursor_of(text: &str) -> Option<EntityCursor> {
    let (partition, key) = text.split_once('.')?;
    Some(EntityCursor {
        partition: partition.parse().ok()?,
        key: key.to_owned(),
    })
}

fn cursor_of(text: &str) -> Option<Cursor> {
    let (partition, n) = text.split_once('.')?;
    Some(Cursor(Number {
        partition: partition.parse().ok()?,
        n: n.parse().ok()?,
    }))
}

fn duration(text: &str) -> Option<Duration> {
    let unit = text.find(|c: char| !c.is_ascii_digit())?;
    let number: u64 = text[..unit].parse().ok()?;
    let millis = match &text[unit..] {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        _ => return None,
    };
    Some(Duration::from_millis(number.checked_mul(millis)?))
}
