//! `Timers`: what is due when. All timers are ordered rows; only the near ones are in memory.

use std::collections::{BTreeSet, VecDeque};
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::limits::Bounds;
use super::{Number, Rows};
use crate::durable::Timestamp;
use crate::planted::planted;
use crate::store::keys::{self, Row, Tag};
use crate::store::{Batch, StoreError};

/// When, who, and which of its operations.
pub(crate) type Due = (Timestamp, Number, u64);

/// The timers of a shard.
#[derive(Debug)]
pub(crate) struct Timers {
    /// What is due before its partition's horizon; and attempts to be made again, which have no row.
    near: BTreeSet<Due>,
    owned: Range<u16>,
    horizon_ms: u64,
    /// How many timers of one partition are read at a time.
    page: usize,
    /// How much later than it is due a timer fires. One armed in the middle of a millisecond counts
    /// from its beginning, so the millisecond it is due in must have passed too (rule 35); unless
    /// time knows no middle.
    margin_ms: u64,
    /// Per owned partition: every timer due before it is in `near`.
    horizons: Vec<Timestamp>,
    /// Timers beyond the horizon that a scan may not see yet, with their epochs.
    unseen: VecDeque<(u64, Due)>,
    /// Rows to put (true) or delete in the open epoch.
    changes: FxHashMap<Due, bool>,
}

impl Timers {
    pub(crate) fn new(owned: Range<u16>, bounds: &Bounds) -> Self {
        Timers {
            near: BTreeSet::new(),
            horizon_ms: bounds.timer_horizon_ms,
            margin_ms: u64::from(!bounds.time_stands),
            page: (bounds.timers_ahead / owned.len().max(1)).max(2),
            horizons: vec![Timestamp(0); owned.len()],
            owned,
            unseen: VecDeque::new(),
            changes: FxHashMap::default(),
        }
    }

    fn horizon(&mut self, partition: u16) -> &mut Timestamp {
        &mut self.horizons[usize::from(partition - self.owned.start)]
    }

    /// Adds a durable timer. It may be armed before its commit: its firing is a later one (rule 16).
    pub(crate) fn arm(&mut self, due: Due, epoch: u64) {
        if !planted!(TimerNotStored) {
            self.changes.insert(due, true);
        }
        if due.0 < *self.horizon(due.1.partition) {
            self.near.insert(due);
        } else {
            self.unseen.push_back((epoch, due));
        }
    }

    /// Deletes a durable timer, fired or not.
    pub(crate) fn disarm(&mut self, due: Due) {
        // Keys of timers are never used again, so a put of this epoch and its delete cancel (rule 4).
        if self.changes.remove(&due) != Some(true) {
            self.changes.insert(due, false);
        }
        self.near.remove(&due);
    }

    /// Wakes an instance without a row: what it wakes for is in the instance.
    pub(crate) fn remind(&mut self, due: Due) {
        self.near.insert(due);
    }

    /// The next timer that is due: late is allowed, early is not (rule 35).
    pub(crate) fn pop_due(&mut self, now: Timestamp) -> Option<Due> {
        let first = self.near.first()?;
        if self.fires(first.0) <= now {
            self.near.pop_first()
        } else {
            None
        }
    }

    /// When a timer that is due then fires.
    fn fires(&self, due: Timestamp) -> Timestamp {
        if planted!(TimerEarly) {
            return Timestamp(due.0.saturating_sub(3));
        }
        Timestamp(due.0.saturating_add(self.margin_ms))
    }

    /// When [`pop_due`](Self::pop_due) or [`refill`](Self::refill) has something to do next.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        let near = self.near.first().map(|(due, ..)| self.fires(*due));
        let horizon = self.horizons.iter().min().copied();
        near.into_iter().chain(horizon).min()
    }

    /// Whether a horizon has been reached.
    pub(crate) fn want_refill(&self, now: Timestamp) -> bool {
        self.horizons.iter().any(|horizon| *horizon <= now)
    }

    /// Reads ahead where the horizon has been reached.
    pub(crate) fn refill(&mut self, now: Timestamp, rows: &dyn Rows) -> Result<(), StoreError> {
        for partition in self.owned.clone() {
            if *self.horizon(partition) <= now {
                self.refill_partition(partition, now, rows)?;
            }
        }
        let mut unseen = std::mem::take(&mut self.unseen);
        unseen.retain(|(_, due)| {
            let near = due.0 < *self.horizon(due.1.partition);
            if near {
                self.near.insert(*due);
            }
            !near
        });
        self.unseen = unseen;
        Ok(())
    }

    fn refill_partition(
        &mut self,
        partition: u16,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<(), StoreError> {
        let until = Timestamp(now.0.saturating_add(self.horizon_ms));
        let (_, to) = keys::timers_before(partition, until.0);
        let from = Row::Timer {
            vp: partition,
            due: self.horizon(partition).0,
            n: 0,
            op: 0,
        };
        let from = from.key();
        let mut limit = self.page;
        loop {
            let found = rows.scan(&from, &to, limit)?;
            let last = found.last().and_then(|(key, _)| parse(key));
            let first = found.first().and_then(|(key, _)| parse(key));
            let complete = found.len() < limit;
            let horizon = match last {
                // Of the timers due with the last one, some may not have been read.
                Some(last) if !complete => last.0,
                _ => until,
            };
            // All of them are due at once: only a longer look gets beyond them.
            if !complete && first.is_some_and(|first| first.0 == horizon) {
                limit *= 4;
                continue;
            }
            let due = found.iter().filter_map(|(key, _)| parse(key));
            self.near.extend(due.filter(|due| due.0 < horizon));
            *self.horizon(partition) = horizon;
            return Ok(());
        }
    }

    /// Writes the changed rows.
    pub(crate) fn seal(&mut self, batch: &mut Batch) {
        let mut changes: Vec<_> = self.changes.drain().collect();
        changes.sort_unstable();
        for ((due, number, operation), put) in changes {
            let row = Row::Timer {
                vp: number.partition,
                due: due.0,
                n: number.n,
                op: operation,
            };
            if put {
                batch.put_row(row, |_| {});
            } else {
                batch.delete_row(row);
            }
        }
    }

    /// How many rows change.
    pub(crate) fn changes(&self) -> usize {
        self.changes.len()
    }

    /// Timers of this epoch and earlier ones can be seen by a scan.
    pub(crate) fn durable(&mut self, epoch: u64) {
        while self.unseen.front().is_some_and(|(of, _)| *of <= epoch) {
            self.unseen.pop_front();
        }
    }
}

fn parse(key: &[u8]) -> Option<Due> {
    debug_assert_eq!(key.first(), Some(&(Tag::Timer as u8)));
    match Row::parse(key)? {
        Row::Timer { vp, due, n, op } => {
            let number = Number { partition: vp, n };
            Some((Timestamp(due), number, op))
        }
        _ => None,
    }
}
