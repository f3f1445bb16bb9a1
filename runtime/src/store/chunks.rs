//! Chunks: the rows of names and requests from their commit until they are in tables.
//!
//! What users choose as names and idempotency keys comes in no order, and a memtable pays for each of them
//! with a search through all of itself. Rows of one commit are in order already, so they stay together here: they
//! are one row of the journal, chunks of like size are merged while they are small, and when there is enough of
//! them, all are merged once more, into a table. Reads look through the chunks before they look into tables.
//!
//! A commit's chunk is a row of the store, [`Row::Chunk`](super::keys::Row::Chunk), until its rows are in
//! tables. Those rows are deleted oldest first, so that what a store finds when it is opened is always the
//! end of what was written: put in front of the tables it changes nothing in what they hold, or adds to it.

mod chunk;
mod merge;
#[cfg(test)]
mod tests;

use std::{
    collections::VecDeque,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use crate::filter::hash;

pub(super) use chunk::Chunk;
pub(super) use merge::{Merge, Sealed, over};

/// So many chunks of like size are merged into one.
const MERGED_TOGETHER: usize = 4;
/// No chunk is merged to more than this: it is done between two commits, and takes less than a millisecond.
const MERGED_BYTES: usize = 2 << 20;

/// The chunks of a store.
#[derive(Default)]
pub(super) struct Chunks(RwLock<State>);

#[derive(Default)]
struct State {
    /// Oldest first.
    chunks: Vec<Arc<Chunk>>,
    bytes: usize,
    /// The commits whose chunks are still rows of the store, oldest first.
    stored: VecDeque<u64>,
    /// So many of the oldest chunks are being written to tables, and the last commit in them.
    leaving: Option<(usize, u64)>,
    /// The last commit whose rows are in tables.
    left: u64,
}

impl Chunks {
    /// Adds the rows of a commit that is durable.
    pub(super) fn add(&self, commit: u64, chunk: Chunk) {
        let mut state = self.write();
        debug_assert!(state.stored.back().is_none_or(|last| *last < commit));
        state.stored.push_back(commit);
        state.bytes += chunk.bytes().len();
        state.chunks.push(Arc::new(chunk.whole()));
        state.merge();
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
        let mut youngest_first = state.chunks.iter().rev();
        let value = youngest_first.find_map(|chunk| chunk.get(key, hash))?;
        Some(found(value))
    }

    /// All chunks, oldest first, as they are now.
    pub(super) fn all(&self) -> Vec<Arc<Chunk>> {
        self.read().chunks.clone()
    }

    /// What is to be written to tables now; nothing if it is less than so many bytes. [`left`](Self::left)
    /// says when that is done.
    pub(super) fn leave(&self, least: usize) -> Option<Vec<Arc<Chunk>>> {
        let mut state = self.write();
        if state.bytes < least || state.leaving.is_some() {
            return None;
        }
        let last = *state.stored.back()?;
        state.leaving = Some((state.chunks.len(), last));
        Some(state.chunks.clone())
    }

    /// What was leaving is in tables, durably.
    pub(super) fn left(&self) {
        let mut state = self.write();
        let Some((count, last)) = state.leaving.take() else {
            return;
        };
        let bytes: usize = state
            .chunks
            .drain(..count)
            .map(|chunk| chunk.bytes().len())
            .sum();
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
    /// Merges the youngest chunks, as long as there are enough of about one size.
    fn merge(&mut self) {
        let size =
            |chunk: &Arc<Chunk>| chunk.bytes().len().max(1).ilog2() / MERGED_TOGETHER.ilog2();
        loop {
            let stay = self.leaving.map_or(0, |(count, _)| count);
            let rest = &self.chunks[stay..];
            let Some(youngest) = rest.last().map(size) else {
                return;
            };
            let alike = rest
                .iter()
                .rev()
                .take_while(|chunk| size(chunk) <= youngest);
            let alike = &rest[rest.len() - alike.count()..];
            let bytes: usize = alike.iter().map(|chunk| chunk.bytes().len()).sum();
            if alike.len() < MERGED_TOGETHER || bytes > MERGED_BYTES {
                return;
            }
            let merged = Chunk::merged(alike, bytes);
            let kept = self.chunks.len() - alike.len();
            self.bytes -= bytes - merged.bytes().len();
            self.chunks.truncate(kept);
            self.chunks.push(Arc::new(merged));
        }
    }
}
