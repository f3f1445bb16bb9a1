//! Chunks: rows from their commit until they are in tables.
//!
//! A memtable pays for each row with a search through all of itself. The rows of one commit are in order
//! already, so they stay together here: those of a family are a chunk, chunks of like size are merged while
//! they are small, and when there is enough of them, all are merged once more, into a table. Reads look through the
//! chunks before they look into tables; a filter says which of them need not be looked through.
//!
//! The chunks of a commit are one row of the store, [`Row::Chunk`](super::keys::Row::Chunk), until their rows
//! are in tables. Those rows are deleted oldest first, so that what a store finds when it is opened is always
//! the end of what was written: put in front of the tables it changes nothing in what they hold, or adds to it.
//!
//! A family that has little is not written to a table each time, for its tables would be small, and merging
//! them with what there is of it already would be most of all work: names are in no order. What it has stays
//! in a chunk, and is written to a row of its own kind, until it is enough with what comes next.

mod chunk;
mod leaving;
mod merge;
mod stored;
#[cfg(test)]
mod tests;

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::keys::Family;
use crate::filter::hash;

pub(super) use chunk::Chunk;
pub(super) use leaving::Leaving;
pub(super) use merge::{Merge, Sealed, over};
use stored::Stored;
pub(super) use stored::{Change, ChunkRow};

/// So many chunks of like size are merged into one.
const MERGED_TOGETHER: usize = 4;
/// No chunk is merged to more than this: it is done between two commits, and takes less than a millisecond.
const MERGED_BYTES: usize = 1 << 20;

/// The chunks of a store.
#[derive(Default)]
pub(super) struct Chunks(RwLock<State>);

/// Something of each family.
type Each<T> = [T; Family::ALL.len()];
/// The chunks of each family, oldest first.
pub(super) type All = Each<Vec<Arc<Chunk>>>;

#[derive(Default)]
struct State {
    chunks: All,
    /// The bytes of all chunks but those that are carried over.
    bytes: usize,
    /// How many of the oldest chunks of each family are carried over; `None` before anything has left in this
    /// life.
    carried: Option<Each<usize>>,
    /// How many of the oldest chunks of each family are leaving.
    leaving: Option<Each<usize>>,
    stored: Stored,
}

impl Chunks {
    /// Adds the chunks of a row that is durable, of each family its own.
    pub(super) fn add(&self, row: ChunkRow, chunks: Each<Chunk>) {
        let mut state = self.write();
        state.stored.add(row);
        for (family, chunk) in Family::ALL.into_iter().zip(chunks) {
            if !chunk.is_empty() {
                state.bytes += chunk.bytes().len();
                state.chunks[family as usize].push(Arc::new(chunk.whole()));
                state.merge(family);
            }
        }
    }

    /// The bytes of all chunks but those that are carried over.
    pub(super) fn bytes(&self) -> usize {
        self.read().bytes
    }

    /// What the chunks have for this key; `None` if its tables are to be asked.
    pub(super) fn get<T>(
        &self,
        key: &[u8],
        found: impl FnOnce(Option<Sealed<'_>>) -> T,
    ) -> Option<T> {
        let state = self.read();
        let hash = hash(key);
        let mut youngest_first = state.chunks[Family::of(key) as usize].iter().rev();
        let value = youngest_first.find_map(|chunk| chunk.get(key, hash))?;
        Some(found(value))
    }

    /// The chunks of a family, oldest first, as they are now.
    pub(super) fn of(&self, family: Family) -> Vec<Arc<Chunk>> {
        self.read().chunks[family as usize].clone()
    }

    /// What is to leave now; nothing if it is less than `least` bytes. A family that has less than `table` is
    /// carried over. [`left`](Self::left) says when that is done.
    pub(super) fn leave(&self, least: usize, table: usize) -> Option<Leaving> {
        let mut state = self.write();
        if state.bytes < least || state.leaving.is_some() {
            return None;
        }
        let leaving = Leaving::new(
            state.chunks.clone(),
            state.carried,
            state.stored.last()?,
            table,
        );
        state.leaving = Some(state.chunks.each_ref().map(Vec::len));
        Some(leaving)
    }

    /// What was leaving is in tables, durably, but for what is carried over.
    pub(super) fn left(&self, leaving: &Leaving) {
        let carried = leaving.carry();
        let mut state = self.write();
        let Some(counts) = state.leaving.take() else {
            return;
        };
        state.bytes -= leaving.bytes();
        let mut are_carried = Each::default();
        for (at, carried) in carried.chunks.into_iter().enumerate() {
            let before = carried.as_ref().map_or(0, |_| leaving.carried(at));
            are_carried[at] = before + usize::from(carried.is_some());
            state.chunks[at].splice(before..counts[at], carried.map(Arc::new));
        }
        state.carried = Some(are_carried);
        match carried.row {
            Some(row) => state.stored.left(leaving.last(), row),
            None => state.stored.all_left(leaving.last()),
        }
    }

    /// What the next commit does to the rows that hold chunks; it deletes `most` at most.
    pub(super) fn change(&self, most: usize) -> Change {
        self.write().stored.change(most)
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Merges the youngest chunks of a family, as long as there are enough of about one size.
    fn merge(&mut self, family: Family) {
        let leaving = self.leaving.map_or(0, |counts| counts[family as usize]);
        let carried = self.carried.map_or(0, |counts| counts[family as usize]);
        let stay = leaving.max(carried);
        let chunks = &mut self.chunks[family as usize];
        let class =
            |chunk: &Arc<Chunk>| chunk.bytes().len().max(1).ilog2() / MERGED_TOGETHER.ilog2();
        loop {
            let rest = &chunks[stay..];
            let Some(youngest) = rest.last().map(class) else {
                return;
            };
            let alike = rest
                .iter()
                .rev()
                .take_while(|chunk| class(chunk) <= youngest);
            let alike = &rest[rest.len() - alike.count()..];
            let bytes = size(alike);
            if alike.len() < MERGED_TOGETHER || bytes > MERGED_BYTES {
                return;
            }
            let merged = Chunk::merged(alike, bytes);
            self.bytes -= bytes - merged.bytes().len();
            chunks.truncate(chunks.len() - alike.len());
            chunks.push(Arc::new(merged));
        }
    }
}

/// The bytes of chunks.
fn size(chunks: &[Arc<Chunk>]) -> usize {
    chunks.iter().map(|chunk| chunk.bytes().len()).sum()
}
