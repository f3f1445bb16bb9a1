//! `OnceRows`: the rows of a shard's idempotency keys: which there are, and what the open epoch writes.

use std::collections::BTreeMap;
use std::ops::Range;

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::{Entry, Kept};
use crate::core::Partitions;
use crate::core::format::{ReadError, Unreadable};
use crate::core::ids::{Ids, Of, Pages, id_of};
use crate::core::limits::SWEEP_ROWS;
use crate::core::once::OnceRow;
use crate::core::rows::{Rows, each_row, scan_past_damage};
use crate::durable::Timestamp;
use crate::store::keys::{self, Row, Tag};
use crate::store::{Batch, Key};

/// The era of requests that are not answered.
const UNDER_WAY: u64 = u64::MAX;

/// See the module.
#[derive(Debug)]
pub(super) struct OnceRows {
    partitions: Partitions,
    owned: Range<u16>,
    keep_ms: u64,
    under_way: UnderWay,
    /// The eras that have rows, by their ends.
    eras: BTreeMap<u64, Ids>,
    /// Where the sweep of the oldest era goes on.
    sweep: Option<(u64, Pages)>,
    /// What the open epoch writes.
    batch: Batch,
    /// The row of a key was written twice in it.
    twice: bool,
}

impl OnceRows {
    pub(super) fn open(
        partitions: Partitions,
        owned: Range<u16>,
        keep_ms: u64,
        rows: &dyn Rows,
    ) -> Result<Self, ReadError> {
        let mut all = OnceRows {
            partitions,
            owned: owned.clone(),
            keep_ms: keep_ms.max(1),
            under_way: UnderWay::default(),
            eras: BTreeMap::new(),
            sweep: None,
            batch: Batch::new(),
            twice: false,
        };
        let damaged = |key: &[u8]| ReadError::row(key, Unreadable::damaged("its key"));
        for vp in owned.clone() {
            let (mut from, to) = keys::partition_range(Tag::Req, vp);
            // Their keys say all: from one era to the next.
            while let Some((key, _)) = scan_past_damage(rows, &from, &to, 1)?.first() {
                let Some(Row::Req { era, .. }) = Row::parse(key) else {
                    return Err(damaged(key));
                };
                if era == UNDER_WAY {
                    each_row::<ReadError>(rows, from, &to, |key, _| {
                        all.under_way.add(id_of(&key).ok_or_else(|| damaged(&key))?);
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

    /// Whether what was answered then, or an era that ended then, is kept no longer.
    pub(super) fn is_over(&self, at: u64, now: Timestamp) -> bool {
        is_over(at, self.keep_ms, now)
    }

    /// The durable row of a key.
    pub(super) fn find(
        &mut self,
        key: &str,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<Kept, ReadError> {
        if let Some(row) = self.find_under_way(key, rows)? {
            return Ok(Some(row));
        }
        let (partitions, keep_ms) = (self.partitions, self.keep_ms);
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

    /// The durable row of a key whose request is under way.
    pub(super) fn find_under_way(&self, key: &str, rows: &dyn Rows) -> Result<Kept, ReadError> {
        if self.under_way.may_have(key) {
            return read(self.partitions, UNDER_WAY, key, rows);
        }
        debug_assert!(
            !matches!(read(self.partitions, UNDER_WAY, key, rows), Ok(Some(_))),
            "a request under way is counted: {key}"
        );
        Ok(None)
    }

    /// How many requests under way have a row.
    #[cfg(test)]
    pub(super) fn under_way(&self) -> usize {
        self.under_way.0.values().sum()
    }

    /// How many eras have rows.
    #[cfg(test)]
    pub(super) fn eras(&self) -> usize {
        self.eras.len()
    }

    /// Writes what a key stands for now.
    pub(super) fn write(&mut self, key: &str, entry: &mut Entry) {
        let vp = self.partitions.of_id(key);
        let id = key.as_bytes();
        let row_of = |era| Row::Req { vp, era, id };
        let is_under_way = entry.row.as_ref().is_some_and(|row| row.told.is_none());
        if entry.under_way && !is_under_way {
            self.batch.delete_row(row_of(UNDER_WAY));
            self.under_way.remove(key);
        } else if is_under_way && let Some(row) = &entry.row {
            if !entry.under_way {
                self.under_way.add(key.as_bytes());
            }
            self.batch.put_row(row_of(UNDER_WAY), |out| row.write(out));
        }
        entry.under_way = is_under_way;
        if let Some(row) = entry.row.as_ref().filter(|row| row.told.is_some()) {
            let era = (row.at.0 / self.keep_ms + 1).saturating_mul(self.keep_ms);
            let none = || Ids::new(Of::Era(era), self.owned.clone());
            self.eras.entry(era).or_insert_with(none).insert(key);
            self.batch.put_row(row_of(era), |out| row.write(out));
        }
        self.twice |= entry.written;
        entry.written = true;
    }

    /// Whether the open epoch writes anything.
    pub(super) fn are_dirty(&self) -> bool {
        !self.batch.is_empty()
    }

    /// Gives what the open epoch writes.
    pub(super) fn seal(&mut self, batch: &mut Batch) {
        if self.batch.is_empty() {
            return;
        }
        let next = self.batch.next();
        let mut writes = std::mem::replace(&mut self.batch, next);
        if std::mem::take(&mut self.twice) {
            writes.keep_last();
        }
        batch.append(writes);
    }

    /// Whether a sweep was begun and is not over.
    pub(super) fn are_swept(&self) -> bool {
        self.sweep.is_some()
    }

    /// Deletes some of the rows of the oldest era, if it is over, when all that was sealed can be seen by a
    /// scan. Returns about how many bytes that writes.
    pub(super) fn sweep(&mut self, now: Timestamp, rows: &dyn Rows) -> Result<usize, ReadError> {
        let Some(first) = self.eras.keys().next().copied() else {
            return Ok(0);
        };
        if !self.is_over(first, now) {
            return Ok(0);
        }
        let begin = || (first, Pages::new(Of::Era(first), self.owned.clone()));
        let (era, mut pages) = self.sweep.take().unwrap_or_else(begin);
        let mut bytes = 0;
        for (key, _) in pages.next(SWEEP_ROWS, rows)? {
            bytes += key.len();
            self.batch.delete(key);
        }
        if pages.are_over() {
            self.eras.remove(&era);
        } else {
            self.sweep = Some((era, pages));
        }
        Ok(bytes)
    }
}

/// The keys of requests under way that have rows, by their hashes: how many have each. Nearly every other
/// key is known to have none without a look into the store.
#[derive(Debug, Default)]
struct UnderWay(FxHashMap<u64, usize>);

impl UnderWay {
    fn add(&mut self, key: &[u8]) {
        *self.0.entry(xxh3_64(key)).or_default() += 1;
    }

    fn remove(&mut self, key: &str) {
        let hash = xxh3_64(key.as_bytes());
        if let Some(count) = self.0.get_mut(&hash) {
            *count -= 1;
            if *count == 0 {
                self.0.remove(&hash);
            }
        }
    }

    fn may_have(&self, key: &str) -> bool {
        !self.0.is_empty() && self.0.contains_key(&xxh3_64(key.as_bytes()))
    }
}

fn row_key(vp: u16, era: u64, key: &str) -> Key {
    let id = key.as_bytes();
    Row::Req { vp, era, id }.key()
}

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
