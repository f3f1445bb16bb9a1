//! The tail of an entity's mailbox: read when it is next.

use super::super::Number;
use super::super::format::{ReadError, Unreadable};
use super::super::instance::Instance;
use super::super::operation::OperationRow;
use super::super::queue::Wanted;
use super::super::rows::Rows;
use super::{Reply, Shard};
use crate::durable::{Refusal, Timestamp};
use crate::planted::planted;
use crate::store::keys::{self, Row, Tag};

impl<R: Reply> Shard<R> {
    /// Brings what an entity serves next into memory. Returns whether it is there; an entity whose
    /// requests cannot be read is parked.
    pub(super) fn refill(
        &mut self,
        number: Number,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<bool, ReadError> {
        let at_a_time = self.bounds.mailbox_in_memory.max(1);
        let Some(entity) = self.residents.get_mut(number) else {
            return Ok(false);
        };
        while entity.serving.is_none()
            && let Some(wanted) = entity.queue.wanted()
        {
            let read = match wanted {
                Wanted::One(op) => read_one(entity, op, rows),
                Wanted::Tail(from) => read_tail(entity, from, at_a_time, rows),
            };
            match read {
                Ok(()) => {}
                Err(error) if error.is_of_one_row() => {
                    let why = Refusal::Unreadable {
                        why: error.to_string(),
                    };
                    self.with(number, now, |entity, _, asks| entity.park(why, asks));
                    return Ok(false);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }
}

/// Reads a request of the tail.
fn read_one(entity: &mut Instance, op: u64, rows: &dyn Rows) -> Result<(), ReadError> {
    let Number { partition: vp, n } = entity.number;
    let key = Row::Op { vp, n, op }.key();
    let row = rows.get(&key)?;
    let row = row.as_deref().map(OperationRow::read).transpose();
    let found = match row.map_err(|why| ReadError::row(&key, why))? {
        Some(OperationRow::Pending(request)) => entity.pick_up(op, request),
        _ => false,
    };
    match found {
        true => Ok(()),
        false => {
            let why = Unreadable::damaged("it is no request that waits");
            Err(ReadError::row(&key, why))
        }
    }
}

/// Reads on in the tail, so many rows.
fn read_tail(
    entity: &mut Instance,
    from: u64,
    at_a_time: usize,
    rows: &dyn Rows,
) -> Result<(), ReadError> {
    let Number { partition: vp, n } = entity.number;
    let first = Row::Op { vp, n, op: from }.key();
    let (_, to) = keys::instance_range(Tag::Op, vp, n);
    let page = rows.scan(&first, &to, at_a_time)?;
    if page.is_empty() {
        let why = Unreadable::damaged("requests that were stored from here on are not there");
        return Err(ReadError::row(&first, why));
    }
    for (key, value) in page {
        let Some(Row::Op { op, .. }) = Row::parse(&key) else {
            return Err(ReadError::row(&key, Unreadable::damaged("its key")));
        };
        let row = OperationRow::read(&value).map_err(|why| ReadError::row(&key, why))?;
        if let OperationRow::Pending(request) = row {
            entity.pick_up(op, request);
        }
        entity
            .queue
            .was_read(op + 1 + u64::from(planted!(TailOffByOne)));
    }
    Ok(())
}
