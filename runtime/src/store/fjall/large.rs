//! Large values: each a row of its own, past the chunks.
//!
//! What is in a chunk is written to a table soon after, and again when tables are merged. A large value, of a
//! message or of state, mostly is not needed any more by then. So it is a row for a memtable, and in a table
//! only if that is full before the value is replaced. In the chunk, and in its tables, a seal says that the
//! value is [elsewhere](sealed::elsewhere).
//!
//! The store remembers which rows have a large value: who writes a row anew, or deletes it, must not read it
//! first. [`Row::Large`] says it to the next life.

use std::{collections::HashSet, path::Path};

use fjall::{Keyspace, OwnedWriteBatch};

use super::{corrupt, failed};
use crate::planted::planted;
use crate::store::{
    Bytes, Key, StoreError,
    keys::{self, Row, Tag},
    sealed,
};

/// A value with so many bytes is large.
pub(super) const LARGE_BYTES: usize = 256 << 10;

/// Which rows have a large value.
pub(super) struct Large {
    keyspace: Keyspace,
    keys: HashSet<Key>,
}

impl Large {
    /// Those of an earlier life.
    pub(super) fn find(keyspace: Keyspace, path: &Path) -> Result<Self, StoreError> {
        let mut keys = HashSet::new();
        let (from, to) = keys::tag_range(Tag::Large);
        for row in keyspace.range(from..to) {
            let (key, sealed) = row
                .into_inner()
                .map_err(|error| failed("read", path, error))?;
            sealed::unseal(&key, &sealed)?;
            if let Some(Row::Large { key }) = Row::parse(&key) {
                keys.insert(key.to_vec());
            }
        }
        Ok(Self { keyspace, keys })
    }

    /// Adds a row's value to a commit. Returns what stands for it in the chunk.
    pub(super) fn put(
        &mut self,
        rows: &mut OwnedWriteBatch,
        key: &[u8],
        value: &[u8],
        sequence: u64,
    ) -> Bytes {
        if self.keys.insert(key.to_vec()) {
            let key = Row::Large { key }.key();
            let nothing = sealed::seal(&key, Bytes::new(), sequence);
            rows.insert(&self.keyspace, key, nothing);
        }
        let own = Row::Value { key }.key();
        let mut sealed = Bytes::with_capacity(value.len() + sealed::SEAL_BYTES);
        sealed.extend_from_slice(value);
        let sealed = sealed::seal(&own, sealed, sequence);
        rows.insert(&self.keyspace, own, sealed);
        sealed::elsewhere(key, sequence)
    }

    /// Has a commit delete what a row had for a large value, since it will have none.
    pub(super) fn forget(&mut self, rows: &mut OwnedWriteBatch, key: &[u8]) {
        if !self.keys.is_empty() && self.keys.remove(key) && !planted!(LargeValueKept) {
            rows.remove(&self.keyspace, Row::Large { key }.key());
            rows.remove(&self.keyspace, Row::Value { key }.key());
        }
    }
}

/// The large value of a row that had one when commit `at` wrote it, and the commit that wrote the value;
/// `None` if it has none any more.
pub(super) fn read(
    keyspace: &Keyspace,
    path: &Path,
    key: &[u8],
    at: u64,
) -> Result<Option<(Bytes, u64)>, StoreError> {
    let own = Row::Value { key }.key();
    let found = keyspace
        .get(&own)
        .map_err(|error| failed("read", path, error))?;
    let Some(sealed) = found else {
        return Ok(None);
    };
    let (value, sequence) = sealed::unseal(&own, &sealed)?;
    if sequence < at {
        return Err(corrupt("a large value of an earlier time", key));
    }
    Ok(Some((value.to_vec(), sequence)))
}
