//! Listing entities: a scan of the rows of their names, a page at a time.

use super::super::entity::ENTITY_PREFIX;
use super::super::format::{ReadError, Unreadable};
use super::super::limits::LIST_ROWS_MAX;
use super::super::record::{self, Progress};
use super::super::rows::{Rows, scan_past_damage};
use super::super::{Answer, EntityCursor, EntityFound, EntityQuery, Partitions};
use crate::durable::stored_state;
use crate::store::keys::{self, Row};
use crate::store::{Bytes, Key};

/// One page. It looks at a bounded number of rows, so it may be short although more follow.
pub(super) fn list_entities(
    query: &EntityQuery,
    partitions: Partitions,
    rows: &dyn Rows,
) -> Result<Answer, ReadError> {
    let EntityQuery { name, filter } = query;
    let limit = match filter.limit {
        0 => LIST_ROWS_MAX,
        limit => limit.min(LIST_ROWS_MAX),
    };
    let prefix = format!("{ENTITY_PREFIX}{name}{ENTITY_PREFIX}");
    let sought = format!("{prefix}{}", filter.key_prefix);
    let first = filter.after.as_ref().map_or(0, |after| after.partition);
    let mut found = Vec::new();
    let mut looked = 0;
    for vp in first..partitions.count() {
        let (from, to) = keys::prefix_range(
            &Row::Name {
                vp,
                id: sought.as_bytes(),
            }
            .key(),
        );
        let from = match &filter.after {
            Some(after) if after.partition == vp => {
                let id = format!("{prefix}{}", after.key);
                keys::after(
                    &Row::Name {
                        vp,
                        id: id.as_bytes(),
                    }
                    .key(),
                )
            }
            _ => from,
        };
        for (at, row) in scan_past_damage(rows, &from, &to, LIST_ROWS_MAX - looked)? {
            looked += 1;
            let Some(key) = key_of(&at, prefix.len()) else {
                return Err(ReadError::row(&at, Unreadable::damaged("its key")));
            };
            let one = match row {
                Ok(row) => look(vp, &key, &row, query, rows)?,
                // It is found by `Engine::list`, as parked.
                Err(_) => None,
            };
            found.extend(one);
            if found.len() == limit || looked == LIST_ROWS_MAX {
                let partition = vp;
                return Ok(Answer::Entities(
                    found,
                    Some(EntityCursor { partition, key }),
                ));
            }
        }
    }
    Ok(Answer::Entities(found, None))
}

fn key_of(at: &Key, prefix: usize) -> Option<String> {
    let Some(Row::Name { id, .. }) = Row::parse(at) else {
        return None;
    };
    String::from_utf8(id.get(prefix..)?.to_vec()).ok()
}

fn look(
    vp: u16,
    key: &str,
    name: &Bytes,
    query: &EntityQuery,
    rows: &dyn Rows,
) -> Result<Option<EntityFound>, ReadError> {
    let Ok(n) = record::read_name(name) else {
        return Ok(None);
    };
    let at = Row::Inst { vp, n }.key();
    let row = match rows.get(&at).map_err(ReadError::from) {
        Ok(Some(row)) => row,
        Ok(None) => return Ok(None),
        Err(error) if error.is_of_one_row() => return Ok(None),
        Err(error) => return Err(error),
    };
    let Ok((head, body)) = record::read(&row) else {
        return Ok(None);
    };
    let filter = &query.filter;
    let updated = head.updated;
    let fits = filter.updated_from.is_none_or(|from| from <= updated)
        && filter.updated_before.is_none_or(|before| updated < before);
    // Before its first operation has ended it is as if it were not there.
    let Progress::Suspended(frame) = body.progress else {
        return Ok(None);
    };
    let state = stored_state(&frame.0);
    if matches!(state, Ok(None)) {
        return Ok(None);
    }
    Ok(fits.then(|| EntityFound {
        key: key.to_owned(),
        created: head.created,
        updated,
        state: state.ok().flatten().filter(|_| filter.states),
    }))
}
