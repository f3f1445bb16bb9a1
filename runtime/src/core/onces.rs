//! `Onces`: the idempotency keys of a shard: what of them is not durable yet, and their rows.
//!
//! A key whose request is under way has its row in an era of its own; an answered one in the
//! era in which it was answered. Eras are spans as long as answers are kept: so a key is looked for
//! in two or three places, and rows expire by range (rule 14). Most keys that are looked for are new:
//! which may be in an era is known without a look into the store.

mod rows;

use std::ops::Range;

use rustc_hash::FxHashMap;

use self::rows::OnceRows;
use super::Partitions;
use super::format::ReadError;
use super::once::{OnceRow, Told};
use super::rows::Rows;
use crate::durable::Timestamp;
use crate::planted::planted;
use crate::store::Batch;

/// See the module.
#[derive(Debug)]
pub(crate) struct Onces {
    rows: OnceRows,
    /// What the open epoch has changed.
    open: Changes,
    /// What the one before had, at least until that is durable.
    sealed: Changes,
    /// What was sealed is not known to be durable.
    committing: bool,
    /// What an epoch had that is durable.
    old: Changes,
}

type Changes = FxHashMap<Box<str>, Entry>;
type Kept = Option<Box<OnceRow>>;

#[derive(Clone, Debug, Default)]
struct Entry {
    /// None if nothing was done: the key is free.
    row: Kept,
    /// It has a row as under way, durable or in a batch.
    under_way: bool,
    /// The epoch of its last change.
    epoch: u64,
    /// It was written in the open epoch.
    written: bool,
}

impl Entry {
    fn is_answered(&self) -> bool {
        self.row.as_ref().is_some_and(|row| row.told.is_some())
    }
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
        Ok(Onces {
            rows: OnceRows::open(partitions, owned, keep_ms, rows)?,
            open: Changes::default(),
            sealed: Changes::default(),
            committing: false,
            old: Changes::default(),
        })
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
            None => (self.rows.find(key, now, rows)?, 0),
        };
        let kept = row.filter(|row| row.told.is_none() || !self.rows.is_over(row.at.0, now));
        Ok(kept.map(|row| Found { row, after }))
    }

    /// Whether what is known of a key is in memory.
    pub(crate) fn is_here(&self, key: &str) -> bool {
        self.changed_entry(key).is_some()
    }

    fn changed_entry(&self, key: &str) -> Option<&Entry> {
        self.open.get(key).or_else(|| self.sealed.get(key))
    }

    /// Changes what a key stands for. One that is answered changes no more, as a rule: it is written at
    /// once, and what is left for the seal, for which the committer waits, is short.
    fn change(&mut self, key: &str, epoch: u64, change: impl FnOnce(&mut Entry)) {
        let change = |entry: &mut Entry, rows: &mut OnceRows| {
            entry.epoch = epoch;
            change(entry);
            if entry.is_answered() {
                rows.write(key, entry);
            }
        };
        if let Some(entry) = self.open.get_mut(key) {
            return change(entry, &mut self.rows);
        }
        let mut entry = self.sealed.get(key).cloned().unwrap_or_default();
        entry.written = false;
        change(&mut entry, &mut self.rows);
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
        let Some(row) = self.rows.find_under_way(key, rows)? else {
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
        !self.open.is_empty() || self.rows.are_dirty()
    }

    /// Writes what is not written yet. What came and went never is.
    pub(crate) fn seal(&mut self, batch: &mut Batch) {
        debug_assert!(!self.committing, "one epoch commits at a time");
        for (key, entry) in &mut self.open {
            if !entry.is_answered() {
                self.rows.write(key, entry);
            }
        }
        self.rows.seal(batch);
        self.tidy();
        std::mem::swap(&mut self.sealed, &mut self.old);
        std::mem::swap(&mut self.open, &mut self.sealed);
        self.committing = true;
    }

    /// What was sealed is durable.
    pub(crate) fn durable(&mut self) {
        self.committing = false;
    }

    /// Forgets what is durable, and read from the store when it is asked for, but of the last epoch.
    pub(crate) fn tidy(&mut self) {
        self.old.clear();
    }

    /// Whether [`sweep`](Self::sweep) has more to do. It begins with whatever else is done.
    pub(crate) fn are_swept(&self) -> bool {
        self.rows.are_swept() && !self.committing
    }

    /// Deletes some of the rows of the oldest era, if it is over. Returns about how many bytes that
    /// writes.
    pub(crate) fn sweep(&mut self, now: Timestamp, rows: &dyn Rows) -> Result<usize, ReadError> {
        // What was sealed cannot be seen by a scan yet.
        match self.committing {
            true => Ok(0),
            false => self.rows.sweep(now, rows),
        }
    }
}

#[cfg(test)]
mod tests;
