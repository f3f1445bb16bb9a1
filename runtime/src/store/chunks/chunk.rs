//! A chunk: rows of a family in key order, in one piece of memory.
//!
//! ```text
//! chunk = row*
//! row   = key length u16, value length u32, key, sealed value       lengths are little endian
//!       | key length u16, u32::MAX, key                             (the row was deleted)
//! ```

use std::sync::Arc;

use super::merge::{Merge, Sealed};
use crate::filter::{Filter, hash};
use crate::store::keys::Family;
use crate::store::sealed::{SEAL_BYTES, seal_behind};

/// The length that says that a row was deleted.
const DELETED: u32 = u32::MAX;

#[derive(Default)]
pub(in crate::store) struct Chunk {
    bytes: Vec<u8>,
    rows: Vec<At>,
    /// Which keys it has, once it [is whole](Self::whole).
    filter: Option<Filter>,
}

/// Where a row is: its key, and what follows it.
#[derive(Clone, Copy)]
struct At {
    key: u32,
    key_len: u16,
    value_len: u32,
}

impl Chunk {
    /// A chunk of nothing, with room for so much.
    pub(in crate::store) fn with_room(rows: usize, bytes: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(bytes),
            rows: Vec::with_capacity(rows),
            filter: None,
        }
    }

    /// Adds a row, behind those whose keys are smaller; without a value it was deleted. The lengths are
    /// those of [`Caps`](crate::store::Caps), with a seal.
    pub(in crate::store) fn push(&mut self, key: &[u8], value: Option<Sealed<'_>>) {
        self.head(key, value.map(<[u8]>::len));
        self.bytes.extend_from_slice(value.unwrap_or_default());
    }

    /// Adds a row up to its value, which is so long. Returns where it begins.
    fn head(&mut self, key: &[u8], value: Option<usize>) -> usize {
        debug_assert!(
            self.rows.last().is_none_or(|last| self.key(last) < key),
            "the rows of a chunk are in key order"
        );
        let key_len = key.len() as u16;
        let value_len = value.map_or(DELETED, |len| len as u32);
        self.bytes.extend_from_slice(&key_len.to_le_bytes());
        self.bytes.extend_from_slice(&value_len.to_le_bytes());
        self.rows.push(At {
            key: self.bytes.len() as u32,
            key_len,
            value_len,
        });
        self.bytes.extend_from_slice(key);
        self.bytes.len()
    }

    /// Adds a row of a commit, which seals its value.
    pub(in crate::store) fn push_unsealed(
        &mut self,
        key: &[u8],
        value: Option<&[u8]>,
        sequence: u64,
    ) {
        let Some(value) = value else {
            return self.push(key, None);
        };
        let head = self.head(key, Some(value.len() + SEAL_BYTES));
        self.bytes.extend_from_slice(value);
        seal_behind(key, &mut self.bytes, head, sequence);
    }

    /// Reads the bytes of several chunks back, one behind the other; `None` if they are not that.
    pub(in crate::store) fn read(mut rest: &[u8]) -> Option<[Self; Family::ALL.len()]> {
        let mut chunks = <[Self; Family::ALL.len()]>::default();
        let mut last = None;
        while !rest.is_empty() {
            let (key_len, after) = rest.split_first_chunk()?;
            let (value_len, after) = after.split_first_chunk()?;
            let (key, after) = after.split_at_checked(usize::from(u16::from_le_bytes(*key_len)))?;
            let (value, after) = match u32::from_le_bytes(*value_len) {
                DELETED => (None, after),
                len => {
                    let (value, after) = after.split_at_checked(len as usize)?;
                    (Some(value), after)
                }
            };
            if last.is_some_and(|last| last >= key) {
                return None;
            }
            last = Some(key);
            chunks[Family::of(key) as usize].push(key, value);
            rest = after;
        }
        Some(chunks)
    }

    /// What several chunks, oldest first, hold together, if it is so many bytes at most.
    pub(super) fn merged(chunks: &[Arc<Self>], bytes: usize) -> Self {
        let rows = chunks.iter().map(|chunk| chunk.rows.len()).sum();
        let mut merged = Self::with_room(rows, bytes);
        for (key, value) in Merge::new(chunks, &[], None) {
            merged.push(key, value);
        }
        merged.whole()
    }

    /// The chunk when nothing more is added to it.
    pub(super) fn whole(mut self) -> Self {
        let mut filter = Filter::new(self.rows.len());
        for row in &self.rows {
            filter.insert(hash(self.key(row)));
        }
        self.filter = Some(filter);
        self
    }

    pub(in crate::store) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(in crate::store) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The row in that place, counted from the first; `None` behind the last.
    pub(super) fn row(&self, at: usize) -> Option<(&[u8], Option<Sealed<'_>>)> {
        self.rows
            .get(at)
            .map(|row| (self.key(row), self.value(row)))
    }

    /// The place of the first row whose key is not smaller.
    pub(super) fn seek(&self, key: &[u8]) -> usize {
        self.rows.partition_point(|row| self.key(row) < key)
    }

    /// What the chunk says of the key with this hash, if it says anything.
    pub(super) fn get(&self, key: &[u8], hash: u64) -> Option<Option<Sealed<'_>>> {
        if self
            .filter
            .as_ref()
            .is_some_and(|filter| !filter.may_have(hash))
        {
            return None;
        }
        let (found, value) = self.row(self.seek(key))?;
        (found == key).then_some(value)
    }

    fn key(&self, row: &At) -> &[u8] {
        &self.bytes[row.key as usize..][..usize::from(row.key_len)]
    }

    fn value(&self, row: &At) -> Option<Sealed<'_>> {
        let value = row.key as usize + usize::from(row.key_len);
        (row.value_len != DELETED).then(|| &self.bytes[value..][..row.stored()])
    }
}

impl At {
    /// The bytes that follow the key.
    fn stored(self) -> usize {
        if self.value_len == DELETED {
            0
        } else {
            self.value_len as usize
        }
    }
}
