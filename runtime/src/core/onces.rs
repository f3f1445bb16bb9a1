//! `Onces`: the idempotency keys of a shard: their rows, and what of them is not durable yet.
//!
//! A key whose request is under way has its row in the era [`UNDER_WAY`]; an answered one in the
//! era in which it was answered. Eras are spans as long as answers are kept: so a key is looked for
//! in two or three places, and rows expire by range (rule 14). Most keys that are looked for are new:
//! which may be in an era is known without a look into the store.

use std::collections::BTreeMap;
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::Partitions;
use super::format::{ReadError, Unreadable};
use super::ids::{Ids, Of, Pages};
use super::limits::SWEEP_ROWS;
use super::once::{OnceRow, Told};
use super::rows::{Rows, each_row, scan_past_damage};
use crate::durable::Timestamp;
use crate::planted::planted;
use crate::store::keys::{self, Row, Tag};
use crate::store::{Batch, Key};

/// The era of requests that are not answered.
const UNDER_WAY: u64 = u64::MAX;

/// See the module.
#[derive(Debug)]
pub(crate) struct Onces {
    partitions: Partitions,
    owned: Range<u16>,
    keep_ms: u64,
    /// What the open epoch has changed, and what the sealed one had until that is durable.
    open: Changes,
    sealed: Changes,
    /// How many rows there are of requests under way.
    under_way: usize,
    /// The eras that have rows, by their ends.
    eras: BTreeMap<u64, Ids>,
    /// Where the sweep of the oldest era goes on.
    sweep: Option<(u64, Pages)>,
    swept: Vec<Key>,
}

type Changes = FxHashMap<Box<str>, Entry>;
type Kept = Option<Box<OnceRow>>;

#[derive(Clone, Debug, Default)]
struct Entry {
    /// None if nothing was done: the key is free.
    row: Kept,
    /// It has a row as under way, durable or in a batch that was sealed.
    under_way: bool,
    /// The epoch of its last change.
    epoch: u64,
}

/// What is known of a key.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) row: Box<OnceRow>,
    /// The epoch that has to be durable before that may be told.
    pub(crate) after: u64,
}

impl Onces {
    pub(crate) fn open(
        partitions: Partitions,
        owned: Range<u16>,
        keep_ms: u64,
        rows: &dyn Rows,
    ) -> Result<Self, ReadError> {
        let mut all = Onces {
            partitions,
            owned: owned.clone(),
            keep_ms: keep_ms.max(1),
            open: Changes::default(),
            sealed: Changes::default(),
            under_way: 0,
            eras: BTreeMap::new(),
            sweep: None,
            swept: Vec::new(),
        };
        for vp in owned.clone() {
            let (mut from, to) = keys::partition_range(Tag::Req, vp);
            // Their keys say all: from one era to the next.
            while let Some((key, _)) = scan_past_damage(rows, &from, &to, 1)?.first() {
                let Some(Row::Req { era, .. }) = Row::parse(key) else {
                    return Err(ReadError::row(key, Unreadable::damaged("its key")));
                };
                if era == UNDER_WAY {
                    each_row::<ReadError>(rows, from, &to, |_, _| {
                        all.under_way += 1;
                        Ok(())
                    })?;
                    break;
                }
                let open = || Ids::open(Of::Era(era), owned.clone(), rows);
                all.eras.entry(era).or_insert_with(open);
                from = row_key(vp, era + 1, "");
            }
        }
        Ok(all)
    }

    /// The request this key stands for, unless it was answered too long ago.
    pub(crate) fn find(
        &mut self,
        key: &str,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<Option<Found>, ReadError> {
        if planted!(KeyForgotten) {
            return Ok(None);
        }
        let (row, after) = match self.changed_entry(key) {
            Some(entry) => (entry.row.clone(), entry.epoch),
            None => (self.find_durable(key, now, rows)?, 0),
        };
        let kept = row.filter(|row| row.told.is_none() || !is_over(row.at.0, self.keep_ms, now));
        Ok(kept.map(|row| Found { row, after }))
    }

    /// Whether what is known of a key is in memory.
    pub(crate) fn is_here(&self, key: &str) -> bool {
        self.changed_entry(key).is_some()
    }

    fn changed_entry(&self, key: &str) -> Option<&Entry> {
        self.open.get(key).or_else(|| self.sealed.get(key))
    }

    fn find_durable(
        &mut self,
        key: &str,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<Kept, ReadError> {
        let (partitions, keep_ms) = (self.partitions, self.keep_ms);
        if self.under_way > 0
            && let Some(row) = read(partitions, UNDER_WAY, key, rows)?
        {
            return Ok(Some(row));
        }
        for (era, keys) in self.eras.iter_mut().rev() {
            if is_over(*era, keep_ms, now) {
                break;
            }
            // None is removed as long as its era is looked into.
            keys.read_on(0, rows);
            if !keys.may_have(key) {
                debug_assert!(
                    !matches!(read(partitions, *era, key, rows), Ok(Some(_))),
                    "a key that has a row is known: {key}"
                );
                continue;
            }
            // The latest is the one that counts.
            if let Some(row) = read(partitions, *era, key, rows)? {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    fn change(&mut self, key: &str, epoch: u64, change: impl FnOnce(&mut Entry)) {
        if let Some(entry) = self.open.get_mut(key) {
            entry.epoch = epoch;
            return change(entry);
        }
        let mut entry = self.sealed.get(key).cloned().unwrap_or_default();
        entry.epoch = epoch;
        change(&mut entry);
        self.open.insert(key.into(), entry);
    }

    /// A key that is free stands for this request from now on.
    pub(crate) fn begin(&mut self, key: &str, row: Box<OnceRow>, epoch: u64) {
        self.change(key, epoch, |entry| entry.row = Some(row));
    }

    /// Brings the request of a key, which is under way, into memory. Returns whether there is one.
    pub(crate) fn recall(
        &mut self,
        key: &str,
        epoch: u64,
        rows: &dyn Rows,
    ) -> Result<bool, ReadError> {
        if self.is_here(key) {
            return Ok(true);
        }
        let Some(row) = read(self.partitions, UNDER_WAY, key, rows)? else {
            return Ok(false);
        };
        self.change(key, epoch, |entry| {
            entry.row = Some(row);
            entry.under_way = true;
        });
        Ok(true)
    }

    /// An answer has come to a request that is in memory. What was not done is forgotten.
    pub(crate) fn answered(&mut self, key: &str, told: Told, now: Timestamp, epoch: u64) {
        self.change(key, epoch, |entry| match &mut entry.row {
            Some(row) if told.is_final() => row.answer(told, now),
            row => *row = None,
        });
    }

    /// Whether the open epoch changes a row.
    pub(crate) fn are_dirty(&self) -> bool {
        !self.open.is_empty() || !self.swept.is_empty()
    }

    /// Writes what changed. What came and went is never written.
    pub(crate) fn seal(&mut self, batch: &mut Batch) {
        for (key, entry) in &mut self.open {
            let vp = self.partitions.of_id(key);
            let row_of = |era| row_key(vp, era, key);
            let is_under_way = entry.row.as_ref().is_some_and(|row| row.told.is_none());
            if entry.under_way && !is_under_way {
                batch.delete(row_of(UNDER_WAY));
                self.under_way -= 1;
            } else if is_under_way && let Some(row) = &entry.row {
                self.under_way += usize::from(!entry.under_way);
                batch.put(row_of(UNDER_WAY), row.write());
            }
            entry.under_way = is_under_way;
            if let Some(row) = entry.row.as_ref().filter(|row| row.told.is_some()) {
                let era = (row.at.0 / self.keep_ms + 1).saturating_mul(self.keep_ms);
                let none = || Ids::new(Of::Era(era), self.owned.clone());
                self.eras.entry(era).or_insert_with(none).insert(key);
                batch.put(row_of(era), row.write());
            }
        }
        debug_assert!(self.sealed.is_empty(), "one epoch commits at a time");
        std::mem::swap(&mut self.open, &mut self.sealed);
        for key in self.swept.drain(..) {
            batch.delete(key);
        }
    }

    /// What was sealed is durable: it is read from the store when it is asked for.
    pub(crate) fn durable(&mut self) {
        self.sealed.clear();
    }

    /// Whether [`sweep`](Self::sweep) has more to do. It begins with whatever else is done.
    pub(crate) fn are_swept(&self) -> bool {
        self.sweep.is_some() && self.sealed.is_empty()
    }

    /// Deletes some of the rows of the oldest era, if it is over. Returns about how many bytes that
    /// writes.
    pub(crate) fn sweep(&mut self, now: Timestamp, rows: &dyn Rows) -> Result<usize, ReadError> {
        let Some(first) = self.eras.keys().next().copied() else {
            return Ok(0);
        };
        // What was sealed cannot be seen by a scan yet.
        if !is_over(first, self.keep_ms, now) || !self.sealed.is_empty() {
            return Ok(0);
        }
        let begin = || (first, Pages::new(Of::Era(first), self.owned.clone()));
        let (era, mut pages) = self.sweep.take().unwrap_or_else(begin);
        let mut bytes = 0;
        for (key, _) in pages.next(SWEEP_ROWS, rows)? {
            bytes += key.len();
            self.swept.push(key);
        }
        if pages.are_over() {
            self.eras.remove(&era);
        } else {
            self.sweep = Some((era, pages));
        }
        Ok(bytes)
    }
}

fn row_key(vp: u16, era: u64, key: &str) -> Key {
    let id = key.as_bytes();
    Row::Req { vp, era, id }.key()
}

/// Whether what was answered then, or an era that ended then, is kept no longer.
fn is_over(at: u64, keep_ms: u64, now: Timestamp) -> bool {
    at.saturating_add(keep_ms) <= now.0
}

fn read(partitions: Partitions, era: u64, key: &str, rows: &dyn Rows) -> Result<Kept, ReadError> {
    let at = row_key(partitions.of_id(key), era, key);
    match rows.get(&at)? {
        None => Ok(None),
        Some(row) => match OnceRow::read(&row) {
            Ok(row) => Ok(Some(Box::new(row))),
            Err(why) => Err(ReadError::row(&at, why)),
        },
    }
}

#[cfg(test)]
mod tests;
