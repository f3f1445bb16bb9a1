//! Listing instances: a scan of durable rows, a page at a time.

use super::super::format::ReadError;
use super::super::record;
use super::super::rows::Rows;
use super::super::{Answer, Cursor, Description, Filter, Number};
use crate::store::keys::{self, Row, Tag};

/// One page. It looks at a bounded number of rows, so it may be short although more follow.
pub(super) fn list(filter: &Filter, rows: &dyn Rows, rows_max: usize) -> Result<Answer, ReadError> {
    let (mut from, to) = keys::tag_range(Tag::Inst);
    if let Some(Cursor(Number { partition: vp, n })) = filter.after {
        from = keys::after(&Row::Inst { vp, n }.key());
    }
    let limit = if filter.limit == 0 {
        rows_max
    } else {
        filter.limit
    };
    let page = rows.scan(&from, &to, rows_max)?;
    let mut more = page.len() == rows_max;
    let mut cursor = None;
    let mut found = Vec::new();
    for (key, row) in page {
        if found.len() == limit {
            more = true;
            break;
        }
        let head = record::read_head(&row).map_err(|why| ReadError::row(&key, why))?;
        cursor = Some(Cursor(head.number));
        let description = head.describe();
        if matches(filter, &description) {
            found.push(description);
        }
    }
    Ok(Answer::Listed(found, cursor.filter(|_| more)))
}

fn matches(filter: &Filter, of: &Description) -> bool {
    filter.status.is_none_or(|status| status == of.status)
        && filter
            .orchestration
            .as_ref()
            .is_none_or(|name| *name == of.orchestration)
        && filter
            .id_prefix
            .as_ref()
            .is_none_or(|prefix| of.id.starts_with(prefix))
}
