//! Listing instances: a scan of durable rows, a page at a time.

use std::collections::BTreeMap;

use super::super::format::{ReadError, Unreadable};
use super::super::record;
use super::super::rows::{Rows, each_row, scan_past_damage};
use super::super::{Answer, Cursor, Description, Filter, Number, Status, Tags};
use crate::durable::{Refusal, Timestamp, compare_versions};
use crate::store::keys::{self, Row, Tag};

/// One page. It looks at a bounded number of rows, so it may be short although more follow.
pub(super) fn list(filter: &Filter, rows: &dyn Rows, rows_max: usize) -> Result<Answer, ReadError> {
    let limit = match filter.limit {
        0 => rows_max,
        limit => limit,
    };
    let mut found = Vec::new();
    let next = each(filter, rows, rows_max, |description| {
        found.push(description);
        found.len() < limit
    })?;
    Ok(Answer::Listed(found, next))
}

/// How many there are among a bounded number of rows, by status.
pub(super) fn count(
    filter: &Filter,
    rows: &dyn Rows,
    rows_max: usize,
) -> Result<Answer, ReadError> {
    let mut counts = BTreeMap::new();
    let next = each(filter, rows, rows_max, |description| {
        *counts.entry(description.status).or_default() += 1;
        true
    })?;
    Ok(Answer::Counted(counts, next))
}

/// Calls `found` with what fits the filter until it says no. Returns where more may follow.
fn each(
    filter: &Filter,
    rows: &dyn Rows,
    rows_max: usize,
    mut found: impl FnMut(Description) -> bool,
) -> Result<Option<Cursor>, ReadError> {
    let (mut from, to) = keys::tag_range(Tag::Inst);
    if let Some(Cursor(Number { partition: vp, n })) = filter.after {
        from = keys::after(&Row::Inst { vp, n }.key());
    }
    let page = scan_past_damage(rows, &from, &to, rows_max)?;
    let mut more = page.len() == rows_max;
    let mut cursor = None;
    let mut enough = false;
    for (key, row) in page {
        if enough {
            more = true;
            break;
        }
        let Some(Row::Inst { vp, n }) = Row::parse(&key) else {
            return Err(ReadError::row(&key, Unreadable::damaged("its key")));
        };
        let number = Number { partition: vp, n };
        cursor = Some(Cursor(number));
        let description = match row.and_then(|row| record::read_head(&row)) {
            Ok(head) if !head.is_born() => continue,
            Ok(head) => head.describe(),
            Err(why) => passed_over(number, &ReadError::row(&key, why), rows)?,
        };
        if matches(filter, &description) {
            enough = !found(description);
        }
    }
    Ok(cursor.filter(|_| more))
}

/// What is known of an instance whose row cannot be read: who it is, and why it stands still.
fn passed_over(number: Number, why: &ReadError, rows: &dyn Rows) -> Result<Description, ReadError> {
    let mut id = String::new();
    let (from, to) = keys::partition_range(Tag::Name, number.partition);
    each_row::<ReadError>(rows, from, &to, |key, value| {
        if value.starts_with(&number.n.to_be_bytes())
            && let Some(Row::Name { id: name, .. }) = Row::parse(&key)
        {
            id = String::from_utf8_lossy(name).into_owned();
        }
        Ok(())
    })?;
    Ok(Description {
        id,
        number,
        orchestration: String::new(),
        version: None,
        status: Status::Parked,
        custom_status: None,
        parked: Some(Refusal::Unreadable {
            why: why.to_string(),
        }),
        arguments: None,
        result: None,
        failure: None,
        state: None,
        reason: None,
        tags: Tags::new(),
        created: Timestamp::default(),
        updated: Timestamp::default(),
        holds: Vec::new(),
        locked_by: None,
        calls_pending: 0,
        events_waiting: 0,
        continued: 0,
        rewound: 0,
        parent: None,
        point: None,
    })
}

fn matches(filter: &Filter, of: &Description) -> bool {
    one_of(&filter.statuses, &of.status)
        && one_of(&filter.orchestrations, &of.orchestration)
        && of_one_version(&filter.versions, of.version.as_deref())
        && filter
            .id_prefix
            .as_ref()
            .is_none_or(|prefix| of.id.starts_with(prefix))
        && within(of.created, filter.created_from, filter.created_before)
        && within(of.updated, filter.updated_from, filter.updated_before)
        && filter
            .tags
            .iter()
            .all(|(name, value)| of.tags.get(name) == Some(value))
}

fn one_of<T: PartialEq>(wanted: &[T], it: &T) -> bool {
    wanted.is_empty() || wanted.contains(it)
}

fn of_one_version(wanted: &[String], it: Option<&str>) -> bool {
    let known = |version| Some(version).filter(|version: &&str| !version.is_empty());
    let mut wanted_of = wanted.iter().map(|version| known(version.as_str()));
    wanted.is_empty() || wanted_of.any(|version| compare_versions(version, it).is_eq())
}

fn within(at: Timestamp, from: Option<Timestamp>, before: Option<Timestamp>) -> bool {
    from.is_none_or(|from| from <= at) && before.is_none_or(|before| at < before)
}
