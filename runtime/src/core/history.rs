//! `History`: what happened to one instance, written with the commits it tells of.
//!
//! The latest entries, fewer than a chunk, stand in the instance's row, which such commits write
//! anyway; full chunks have rows of their own, written once. What is filed without writing the
//! instance (a completion, an event) carries its entry in its own row until the instance is
//! written. So a turn costs a few bytes more, and no further row most of the time.

use std::borrow::Cow;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::format::{self, ReadError, Unreadable};
use super::happened::{Happened, HistoryEntry};
use super::happened_brief::Brief;
use super::limits::HISTORY_CHUNK;
use super::record::Raw;
use crate::durable::Timestamp;
use crate::planted::planted;
use crate::store::{Bytes, Key};

/// Most entries are smaller.
const ENTRY_BYTES_ASSUMED: usize = 64;

/// See the module. It is kept as bytes: most of it is written again and never read.
#[derive(Debug, Default)]
pub(crate) struct History {
    /// How many of the last chunks are kept; none if there is no history.
    keep: Option<u64>,
    /// What times count from: when the instance was made.
    base: Timestamp,
    /// The time of what happens now.
    pub(crate) now: Timestamp,
    /// How many entries there ever were.
    next: u64,
    /// The entries that are in no chunk's row.
    tail: Vec<u8>,
    /// Where its full chunks end.
    full: Vec<usize>,
    /// The first chunk whose row is kept, and the first that has none yet.
    first: u64,
    end: u64,
    /// Rows of chunks that are to be written or deleted.
    changed: Vec<(u64, Option<Vec<u8>>)>,
    /// Entries that their operation's row has to carry: its number, theirs, where they stand.
    loose: Entries,
}

/// The numbers of operations, those of their entries, where these stand. Mostly there is one.
type Entries = SmallVec<[(u64, u64, Range<usize>); 1]>;

/// Entries that operations' rows carry, by operation.
#[derive(Debug)]
pub(crate) struct Carried(Entries);

/// The history as the instance's row has it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept<'a> {
    first: u64,
    next: u64,
    tail: Option<Raw<'a>>,
}

impl Kept<'static> {
    /// That of a history that is one chunk's row.
    pub(crate) fn one_chunk() -> Self {
        Kept {
            first: 0,
            next: HISTORY_CHUNK,
            tail: None,
        }
    }
}

/// An entry in the row of an operation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Loose<'a>(u64, Raw<'a>);

impl Kept<'_> {
    /// How many entries there ever were.
    pub(crate) fn next(&self) -> u64 {
        self.next
    }
}

impl History {
    /// The history of an instance made at `base`, as it was stored.
    pub(crate) fn load(kept: Kept<'_>, base: Timestamp, mut loose: Vec<Loose<'_>>) -> Self {
        let mut history = History {
            base,
            next: kept.next,
            tail: kept.tail.map(|raw| raw.0.into_owned()).unwrap_or_default(),
            first: kept.first,
            end: kept.next / HISTORY_CHUNK,
            ..History::default()
        };
        // Those that the instance's row has are older than it.
        loose.retain(|Loose(number, _)| *number >= kept.next);
        loose.sort_unstable_by_key(|Loose(number, _)| *number);
        for Loose(_, Raw(bytes)) in loose {
            history.tail.extend_from_slice(&bytes);
            history.count();
        }
        history
    }

    /// Keeps at least so many entries from now on; none if it is 0. Only `rows` has rows of its own.
    pub(crate) fn keep(&mut self, entries: usize, rows: bool, base: Timestamp) {
        let chunks = if rows {
            (entries as u64).div_ceil(HISTORY_CHUNK)
        } else {
            0
        };
        self.keep = (entries > 0).then_some(chunks);
        self.base = base;
    }

    pub(crate) fn is_on(&self) -> bool {
        self.keep.is_some()
    }

    /// Adds an entry. The instance has to be written with it.
    pub(crate) fn add(&mut self, what: &Happened) {
        if !self.is_on() {
            return;
        }
        let at = self.now.0.saturating_sub(self.base.0);
        self.tail.reserve(ENTRY_BYTES_ASSUMED);
        format::extend(&mut self.tail, &(at, what));
        self.count();
    }

    /// Adds an entry that the row of this operation carries if the instance is not written.
    pub(crate) fn add_loose(&mut self, operation: u64, what: &Happened) {
        let (number, from) = (self.next, self.tail.len());
        self.add(what);
        self.set_loose(operation, number, from);
    }

    /// The same of what is told often.
    pub(crate) fn add_briefly(&mut self, what: &Brief<'_>) {
        if !self.is_on() {
            return;
        }
        let at = self.now.0.saturating_sub(self.base.0);
        what.write(at, &mut self.tail);
        self.count();
    }

    /// The same, in the row of this operation if the instance is not written.
    pub(crate) fn add_briefly_loose(&mut self, operation: u64, what: &Brief<'_>) {
        let (number, from) = (self.next, self.tail.len());
        self.add_briefly(what);
        self.set_loose(operation, number, from);
    }

    fn set_loose(&mut self, operation: u64, number: u64, from: usize) {
        if self.is_on() {
            self.loose.push((operation, number, from..self.tail.len()));
        }
    }

    fn count(&mut self) {
        self.next += 1;
        if self.next.is_multiple_of(HISTORY_CHUNK) {
            self.full.push(self.tail.len());
        }
    }

    /// Gives full chunks their rows and takes the oldest ones away: the instance is written.
    pub(crate) fn file(&mut self) {
        self.loose.clear();
        let Some(last) = self.full.last().copied() else {
            return;
        };
        let end = self.end + self.full.len() as u64;
        let first = self
            .first
            .max(end.saturating_sub(self.keep.unwrap_or(u64::MAX)));
        for chunk in self.first..first.min(self.end) {
            self.changed.push((chunk, None));
        }
        let mut from = 0;
        for (chunk, to) in (self.end..).zip(self.full.drain(..)) {
            if chunk >= first {
                let row = chunk_row(&self.tail[from..to]);
                self.changed.push((chunk, Some(row)));
            }
            from = to;
        }
        self.tail.drain(..last);
        (self.first, self.end) = (first, end);
    }

    /// What the instance's row has of it.
    pub(crate) fn kept(&self) -> Kept<'_> {
        debug_assert!(self.full.is_empty(), "full chunks were filed");
        Kept {
            first: self.first,
            next: self.next,
            tail: (!self.tail.is_empty()).then(|| Raw(Cow::Borrowed(&self.tail))),
        }
    }

    /// The entries that operations' rows carry, because the instance is not written.
    pub(crate) fn take_loose(&mut self) -> Carried {
        let mut loose = std::mem::take(&mut self.loose);
        loose.sort_unstable_by_key(|(operation, ..)| *operation);
        Carried(loose)
    }

    /// The one of this operation.
    pub(crate) fn carried(&self, by: &Carried, operation: u64) -> Option<Loose<'_>> {
        let found = by.0.binary_search_by_key(&operation, |(of, ..)| *of).ok()?;
        let entry = by.0.get(found).filter(|_| !planted!(HistoryNotCarried));
        let (_, number, at) = entry?;
        let bytes = self.tail.get(at.clone())?;
        Some(Loose(*number, Raw(Cow::Borrowed(bytes))))
    }

    /// Calls `write` with every row that must change: its value, or none to delete it.
    pub(crate) fn write_rows(&mut self, mut write: impl FnMut(u64, Option<Vec<u8>>)) {
        for (chunk, row) in self.changed.drain(..) {
            write(chunk, row);
        }
    }

    /// The chunks that have rows.
    pub(crate) fn chunks(&self) -> Range<u64> {
        self.first..self.end
    }

    /// Reads about `limit` entries from number `from` on, with those of its chunks' rows that `row`
    /// gives, and the number of the next entry if there are more. A row that is gone was dropped
    /// meanwhile.
    pub(crate) fn read(
        &self,
        from: u64,
        limit: u64,
        row: impl Fn(u64) -> Result<Option<(Key, Bytes)>, ReadError>,
    ) -> Result<(Vec<HistoryEntry>, Option<u64>), ReadError> {
        let mut entries = Vec::new();
        let chunks = self.first.max(from / HISTORY_CHUNK)..self.end;
        let page = chunks.start..chunks.end.min(chunks.start + limit.div_ceil(HISTORY_CHUNK));
        let more = (page.end < chunks.end).then_some(page.end * HISTORY_CHUNK);
        for chunk in page {
            if let Some((key, row)) = row(chunk)? {
                let found = format::body(&row)
                    .and_then(|bytes| self.entries(chunk * HISTORY_CHUNK, bytes, &mut entries));
                found.map_err(|why| ReadError::row(&key, why))?;
            }
        }
        if more.is_none() {
            let found = self.entries(self.end * HISTORY_CHUNK, &self.tail, &mut entries);
            found.map_err(|why| ReadError::row(b"the history in an instance's row", why))?;
        }
        entries.retain(|entry| entry.number >= from);
        Ok((entries, more))
    }

    fn entries(
        &self,
        first: u64,
        mut bytes: &[u8],
        entries: &mut Vec<HistoryEntry>,
    ) -> Result<(), Unreadable> {
        let mut number = first;
        while !bytes.is_empty() {
            let ((at, what), rest): ((u64, Happened), _) = format::take(bytes)?;
            let at = Timestamp(self.base.0.saturating_add(at));
            entries.push(HistoryEntry { number, at, what });
            (number, bytes) = (number + 1, rest);
        }
        Ok(())
    }
}

fn chunk_row(entries: &[u8]) -> Vec<u8> {
    let mut row = Vec::with_capacity(entries.len() + 1);
    row.push(format::VERSION);
    row.extend_from_slice(entries);
    row
}
