//! A batch: the writes of one commit.

use super::{Bytes, Caps, Key, StoreError, keys};

/// What one commit does. The keys are distinct: whoever builds the batch folds a put and a delete
/// of one key, since only it knows which keys are never used again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// The rows to write; `None` deletes.
    pub writes: Vec<(Key, Option<Bytes>)>,
}

impl Batch {
    /// A batch of nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// A batch of nothing, with room for so many writes.
    #[must_use]
    pub fn with_room(writes: usize) -> Self {
        Self {
            writes: Vec::with_capacity(writes),
        }
    }

    /// Writes a row.
    pub fn put(&mut self, key: Key, value: Bytes) {
        self.writes.push((key, Some(value)));
    }

    /// Deletes a row, whether it exists or not.
    pub fn delete(&mut self, key: Key) {
        self.writes.push((key, None));
    }

    /// Of several writes of one key keeps the last.
    pub(crate) fn keep_last(&mut self) {
        self.writes.reverse();
        // Stable: of equal keys the last write is the first now.
        self.writes.sort_by(|(one, _), (other, _)| one.cmp(other));
        self.writes.dedup_by(|(one, _), (other, _)| one == other);
    }

    /// Moves the writes of another batch to the end of this one.
    pub fn append(&mut self, mut other: Self) {
        if self.writes.is_empty() {
            self.writes = other.writes;
        } else {
            self.writes.append(&mut other.writes);
        }
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// The bytes of all keys and values: what counts against [`Caps::max_batch_bytes`].
    pub fn bytes(&self) -> usize {
        self.writes
            .iter()
            .map(|(key, value)| key.len() + value.as_ref().map_or(0, Vec::len))
            .sum()
    }

    /// Checks the batch against the limits of a store; every adapter does this before anything
    /// else, and a shard can do it for one turn, which then fails alone.
    ///
    /// # Errors
    ///
    /// [`StoreError::TooLarge`] names the first row over the limit, or the batch.
    pub fn check(&self, caps: Caps) -> Result<(), StoreError> {
        debug_assert!(self.keys_are_distinct(), "a batch names a key twice");
        debug_assert!(
            !self.writes.iter().any(|(key, _)| keys::is_reserved(key)),
            "a batch writes a row of the store's own"
        );
        for (key, value) in &self.writes {
            if key.len() > caps.max_key_bytes {
                return Err(StoreError::TooLarge {
                    what: format!("the key {}", keys::display(key)),
                    size: key.len(),
                    limit: caps.max_key_bytes,
                });
            }
            let size = value.as_ref().map_or(0, Vec::len);
            if size > caps.max_value_bytes {
                return Err(StoreError::TooLarge {
                    what: format!("the value of {}", keys::display(key)),
                    size,
                    limit: caps.max_value_bytes,
                });
            }
        }
        let size = self.bytes();
        if size > caps.max_batch_bytes {
            return Err(StoreError::TooLarge {
                what: "the batch".into(),
                size,
                limit: caps.max_batch_bytes,
            });
        }
        Ok(())
    }

    fn keys_are_distinct(&self) -> bool {
        let mut seen = rustc_hash::FxHashSet::default();
        self.writes.iter().all(|(key, _)| seen.insert(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_that_names_a_key_twice_is_noticed() {
        let mut batch = Batch::new();
        batch.put(vec![1], vec![]);
        batch.delete(vec![2]);
        assert!(batch.keys_are_distinct());
        batch.delete(vec![1]);
        assert!(!batch.keys_are_distinct());
    }

    #[test]
    fn a_batch_of_as_many_bytes_as_a_store_takes_is_taken() {
        let mut batch = Batch::new();
        batch.put(vec![1], vec![2; 3]);
        batch.delete(vec![4; 5]);
        let refused = |max_batch_bytes| {
            let caps = Caps {
                max_batch_bytes,
                max_value_bytes: 3,
                max_key_bytes: 5,
            };
            batch.check(caps).is_err()
        };
        assert_eq!((refused(9), refused(8)), (false, true));
    }
}
