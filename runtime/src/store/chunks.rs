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

mod chunk;
mod merge;
#[cfg(test)]
mod tests;

use std::{
    collections::VecDeque,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use super::keys::Family;
use crate::filter::hash;

pub(super) use chunk::Chunk;
pub(super) use merge::{Merge, Sealed, over};

/// So many chunks of like size are merged into one.
const MERGED_TOGETHER: usize = 4;
/// No chunk is merged to more than this: it is done between two commits, and takes less than a millisecond.
const MERGED_BYTES: usize = 1 << 20;

/// The chunks of a store.
#[derive(Default)]
pub(super) struct Chunks(RwLock<State>);

/// The chunks of each family, oldest first.
pub(super) type All = [Vec<Arc<Chunk>>; Family::ALL.len()];

#[derive(Default)]
struct State {
    chunks: All,
    bytes: usize,
    /// The commits whose chunks are still rows of the store, oldest first.
    stored: VecDeque<u64>,
    /// How many of the oldest chunks of each family are being written to tables, and the last commit in them.
    leaving: Option<([usize; Family::ALL.len()], u64)>,
    /// The last commit whose rows are in tables.
    left: u64,
}

impl Chunks {
    /// Adds the rows of a commit that is durable, of each family its own.
    pub(super) fn add(&self, commit: u64, rows: [Chunk; Family::ALL.len()]) {
        let mut state = self.write();
        debug_assert!(state.stored.back().is_none_or(|last| *last < commit));
        state.stored.push_back(commit);
        for (family, chunk) in Family::ALL.into_iter().zip(rows) {
            if !chunk.is_empty() {
                state.bytes += chunk.bytes().len();
                state.chunks[family as usize].push(Arc::new(chunk.whole()));
                state.merge(family);
            }
        }
    }

    /// The bytes of all chunks.
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

    /// What is to be written to tables now; nothing if it is less than so many bytes. [`left`](Self::left)
    /// says when that is done.
    pub(super) fn leave(&self, least: usize) -> Option<All> {
        let mut state = self.write();
        if state.bytes < least || state.leaving.is_some() {
            return None;
        }
        let last = *state.stored.back()?;
        state.leaving = Some((state.chunks.each_ref().map(Vec::len), last));
        Some(state.chunks.clone())
    }

    /// What was leaving is in tables, durably.
    pub(super) fn left(&self) {
        let mut state = self.write();
        let Some((counts, last)) = state.leaving.take() else {
            return;
        };
        let mut bytes = 0;
        for (chunks, count) in state.chunks.iter_mut().zip(counts) {
            bytes += size(chunks.drain(..count).as_slice());
        }
        state.bytes -= bytes;
        state.left = last;
    }

    /// Up to `most` commits whose chunks need be rows of the store no longer. The next commit deletes them.
    pub(super) fn superfluous(&self, most: usize) -> Vec<u64> {
        let mut state = self.write();
        let left = state.left;
        let are_left = state.stored.iter().take_while(|commit| **commit <= left);
        let count = are_left.take(most).count();
        state.stored.drain(..count).collect()
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
        let stay = self
            .leaving
            .map_or(0, |(counts, _)| counts[family as usize]);
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
