//! `Onces`: the idempotency keys of a shard: their rows, and what of them is not durable yet.
//!
//! A key whose request is under way has its row in the era [`UNDER_WAY`]; an answered one in the
//! era in which it was answered. Eras are spans as long as answers are kept: so a key is looked for
//! in two or three places, and rows expire by range (rule 14).

use std::collections::BTreeSet;
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::Partitions;
use super::format::{ReadError, Unreadable};
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
    eras: BTreeSet<u64>,
    /// Where the sweep of the oldest era goes on.
    sweep: Option<(u64, u16, Key)>,
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
            eras: BTreeSet::new(),
            sweep: None,
            swept: Vec::new(),
        };
        for vp in owned {
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
                all.eras.insert(era);
                let (era, id) = (era + 1, &[][..]);
                from = Row::Req { vp, era, id }.key();
            }
        }
        Ok(all)
    }

    fn row_of(&self, era: u64, key: &str) -> Key {
        let vp = self.partitions.of_id(key);
        let id = key.as_bytes();
        Row::Req { vp, era, id }.key()
    }

    fn is_over(&self, at: u64, now: Timestamp) -> bool {
        at.saturating_add(self.keep_ms) <= now.0
    }

    fn read(&self, era: u64, key: &str, rows: &dyn Rows) -> Result<Kept, ReadError> {
        let at = self.row_of(era, key);
        match rows.get(&at)? {
            None => Ok(None),
            Some(row) => match OnceRow::read(&row) {
                Ok(row) => Ok(Some(Box::new(row))),
                Err(why) => Err(ReadError::row(&at, why)),
            },
        }
    }

    /// The request this key stands for, unless it was answered too long ago.
    pub(crate) fn find(
        &self,
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
        let kept = row.filter(|row| row.told.is_none() || !self.is_over(row.at.0, now));
        Ok(kept.map(|row| Found { row, after }))
    }

    /// Whether what is known of a key is in memory.
    pub(crate) fn is_here(&self, key: &str) -> bool {
        self.changed_entry(key).is_some()
    }

    fn changed_entry(&self, key: &str) -> Option<&Entry> {
        self.open.get(key).or_else(|| self.sealed.get(key))
    }

    fn find_durable(&self, key: &str, now: Timestamp, rows: &dyn Rows) -> Result<Kept, ReadError> {
        if self.under_way > 0
            && let Some(row) = self.read(UNDER_WAY, key, rows)?
        {
            return Ok(Some(row));
        }
        for era in self.eras.iter().rev() {
            if self.is_over(*era, now) {
                break;
            }
            // The latest is the one that counts.
            if let Some(row) = self.read(*era, key, rows)? {
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
        let Some(row) = self.read(UNDER_WAY, key, rows)? else {
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
        let mut last = None;
        for (key, entry) in &mut self.open {
            let (vp, id) = (self.partitions.of_id(key), key.as_bytes());
            let row_of = |era| Row::Req { vp, era, id }.key();
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
                // Mostly all are of one era.
                if last.replace(era) != Some(era) {
                    self.eras.insert(era);
                }
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
        let Some(first) = self.eras.first().copied() else {
            return Ok(0);
        };
        // What was sealed cannot be seen by a scan yet.
        if !self.is_over(first, now) || !self.sealed.is_empty() {
            return Ok(0);
        }
        let id = &[][..];
        let (era, vp, from) = self.sweep.take().unwrap_or_else(|| {
            let (vp, era) = (self.owned.start, first);
            (era, vp, Row::Req { vp, era, id }.key())
        });
        let next_era = era + 1;
        let to = Row::Req {
            vp,
            era: next_era,
            id,
        };
        let to = to.key();
        let page = scan_past_damage(rows, &from, &to, SWEEP_ROWS)?;
        let mut bytes = 0;
        let next = page.last().map(|(key, _)| keys::after(key));
        let more = page.len() == SWEEP_ROWS;
        for (key, _) in page {
            bytes += key.len();
            self.swept.push(key);
        }
        match next.filter(|_| more) {
            Some(next) => self.sweep = Some((era, vp, next)),
            None if vp + 1 < self.owned.end => {
                let vp = vp + 1;
                self.sweep = Some((era, vp, Row::Req { vp, era, id }.key()));
            }
            None => {
                self.eras.remove(&era);
            }
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::sync::Arc;

    use super::super::once::Ask;
    use super::*;
    use crate::schema::Stored;
    use crate::store::memory::MemoryDisk;
    use crate::store::{OpenStore, Store};

    const KEEP_MS: u64 = 1_000;

    struct Bench {
        onces: Onces,
        store: Arc<dyn Store>,
        epoch: u64,
    }

    impl Bench {
        fn new(partitions: u16) -> Self {
            let store = MemoryDisk::new().open().unwrap();
            let onces = open(partitions, &store);
            let epoch = 1;
            Bench {
                onces,
                store,
                epoch,
            }
        }

        fn begin(&mut self, key: &str, now: u64) {
            let ask = Ask::Raise {
                id: "order-17".into(),
                name: "paid".into(),
                value: Cow::Owned(Stored::write(&7u8).unwrap()),
                early: false,
                waits: false,
            };
            let row = OnceRow::asked(&ask, Timestamp(now));
            self.onces.begin(key, Box::new(row), self.epoch);
        }

        fn answer(&mut self, key: &str, now: u64) {
            let rows = &self.store;
            if self.onces.recall(key, self.epoch, rows).unwrap() {
                self.onces
                    .answered(key, Told::Done, Timestamp(now), self.epoch);
            }
        }

        /// One epoch is sealed and becomes durable.
        fn commit(&mut self) {
            let mut batch = Batch::new();
            self.onces.seal(&mut batch);
            self.store.commit(batch).unwrap();
            self.onces.durable();
            self.epoch += 1;
        }

        fn is_known(&self, key: &str, now: u64) -> bool {
            let found = self.onces.find(key, Timestamp(now), &self.store);
            found.unwrap().is_some()
        }

        /// Sweeps in commits, as often as there is something to sweep.
        fn sweep(&mut self, now: u64) {
            loop {
                self.onces.sweep(Timestamp(now), &self.store).unwrap();
                let more = self.onces.are_swept();
                self.commit();
                if !more {
                    break;
                }
            }
        }

        fn rows(&self) -> usize {
            let (from, to) = keys::tag_range(Tag::Req);
            self.store.scan(&from, &to, 10_000).unwrap().len()
        }
    }

    fn open(partitions: u16, store: &Arc<dyn Store>) -> Onces {
        Onces::open(
            Partitions::new(partitions, 1),
            0..partitions,
            KEEP_MS,
            store,
        )
        .unwrap()
    }

    #[test]
    fn an_answer_is_found_in_its_row_for_as_long_as_it_is_kept() {
        for answered in [KEEP_MS, KEEP_MS + 500, 2 * KEEP_MS - 1] {
            let mut bench = Bench::new(2);
            bench.begin("key", 5);
            bench.commit();
            bench.answer("key", answered);
            bench.commit();
            assert!(
                bench.onces.changed_entry("key").is_none(),
                "it is read from the store"
            );
            assert!(bench.is_known("key", answered + KEEP_MS - 1));
            assert!(!bench.is_known("key", answered + KEEP_MS));
        }
    }

    #[test]
    fn when_all_is_sealed_there_is_nothing_to_write() {
        let mut bench = Bench::new(2);
        assert!(!bench.onces.are_dirty());
        bench.begin("key", 5);
        assert!(bench.onces.are_dirty());
        bench.commit();
        assert!(!bench.onces.are_dirty());
    }

    #[test]
    fn a_request_under_way_is_counted_until_it_is_answered() {
        let mut bench = Bench::new(2);
        for key in ["one", "another"] {
            bench.begin(key, 5);
        }
        bench.commit();
        assert_eq!(bench.onces.under_way, 2);
        assert_eq!(open(2, &bench.store).under_way, 2);
        bench.answer("one", 6);
        bench.commit();
        assert_eq!(bench.onces.under_way, 1);
    }

    #[test]
    #[cfg_attr(miri, ignore = "thousands of rows")]
    fn an_era_that_is_over_is_swept_from_all_partitions_page_by_page() {
        let mut bench = Bench::new(3);
        let all = 4 * SWEEP_ROWS;
        for n in 0..all {
            let key = format!("key-{n}");
            bench.begin(&key, 5);
            bench.answer(&key, 6);
        }
        bench.commit();
        bench.begin("later", 2 * KEEP_MS);
        bench.answer("later", 2 * KEEP_MS);
        bench.commit();
        bench.sweep(2 * KEEP_MS - 1);
        assert_eq!(bench.rows(), all + 1, "it is not over");
        let bytes = bench.onces.sweep(Timestamp(2 * KEEP_MS), &bench.store);
        assert!(bytes.unwrap() > SWEEP_ROWS * "key-1".len());
        assert!(bench.onces.are_swept());
        bench.commit();
        assert_eq!(bench.rows(), all + 1 - SWEEP_ROWS);
        bench.sweep(2 * KEEP_MS);
        assert_eq!(bench.rows(), 1);
        assert_eq!(bench.onces.eras.len(), 1);
    }

    #[test]
    fn a_shard_sweeps_no_partition_of_another() {
        let mut bench = Bench::new(2);
        let keys = ["a", "b", "c", "d", "e", "f"];
        for key in keys {
            bench.begin(key, 5);
            bench.answer(key, 6);
        }
        bench.commit();
        let partitions = Partitions::new(2, 2);
        let of_another = keys.iter().filter(|key| partitions.of_id(key) == 1);
        let of_another = of_another.count();
        assert!(0 < of_another && of_another < keys.len());
        bench.onces = Onces::open(partitions, 0..1, KEEP_MS, &bench.store).unwrap();
        bench.sweep(9 * KEEP_MS);
        assert_eq!(bench.rows(), of_another);
    }

    #[test]
    fn nothing_is_swept_while_what_was_sealed_is_not_durable() {
        let mut bench = Bench::new(1);
        bench.begin("key", 5);
        bench.answer("key", 6);
        let mut batch = Batch::new();
        bench.onces.seal(&mut batch);
        assert_eq!(
            bench.onces.sweep(Timestamp(9_999), &bench.store).unwrap(),
            0
        );
        assert!(!bench.onces.eras.is_empty());
        assert!(!bench.onces.are_swept());
    }
}
