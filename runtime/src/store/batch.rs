//! A batch: the writes of one commit.

use std::fmt;

use smallvec::{SmallVec, smallvec};

use super::keys::{self, Row};
use super::{Bytes, Caps, StoreError};

/// What one commit does. The keys are distinct: whoever builds the batch folds a put and a delete
/// of one key, since only it knows which keys are never used again.
///
/// The keys and values are in few pieces of memory: there are thousands in a batch, and who frees them is
/// another thread than who made them.
#[derive(Clone, Default)]
pub struct Batch {
    pieces: SmallVec<[Bytes; 1]>,
    writes: Vec<At>,
}

/// Where a write is: its key, and the value behind it.
#[derive(Clone, Copy)]
struct At {
    piece: u32,
    start: u32,
    key: u32,
    /// [`DELETES`] if there is none.
    value: u32,
}

/// A piece with so many bytes is followed by another one: to let one grow is to copy it.
const PIECE_BYTES: usize = 1 << 20;
/// The length that says that a row is deleted.
const DELETES: u32 = u32::MAX;

impl Batch {
    /// A batch of nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// A batch of nothing, with as much room as this one takes, if that is one piece: batches are alike.
    #[must_use]
    pub(crate) fn next(&self) -> Self {
        let bytes: usize = self.pieces.iter().map(Vec::len).sum();
        Self {
            pieces: smallvec![Bytes::with_capacity(bytes.min(PIECE_BYTES))],
            writes: Vec::with_capacity(self.writes.len()),
        }
    }

    /// Writes a row. Whether it is too long for a store is said by [`check`](Self::check), and by every commit.
    ///
    /// ```
    /// use undying::store::{Batch, keys::Row};
    ///
    /// let mut batch = Batch::new();
    /// let key = Row::Inst { vp: 1, n: 7 }.key();
    /// batch.put(&key, b"value");
    /// assert_eq!(batch.iter().next(), Some((&key[..], Some(&b"value"[..]))));
    /// ```
    pub fn put(&mut self, key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
        let piece = self.begin(|out| out.extend_from_slice(key.as_ref()));
        piece.value(|out| out.extend_from_slice(value.as_ref()));
    }

    /// Deletes a row, whether it exists or not.
    pub fn delete(&mut self, key: impl AsRef<[u8]>) {
        self.begin(|out| out.extend_from_slice(key.as_ref()));
    }

    /// Writes a row whose value is appended by `value`. Returns how long that is.
    pub(crate) fn put_row(&mut self, row: Row<'_>, value: impl FnOnce(&mut Bytes)) -> usize {
        self.begin(|out| row.append_key(out)).value(value)
    }

    /// Deletes a row, whether it exists or not.
    pub(crate) fn delete_row(&mut self, row: Row<'_>) {
        self.begin(|out| row.append_key(out));
    }

    /// Adds a write of a key, without a value as yet.
    fn begin(&mut self, key: impl FnOnce(&mut Bytes)) -> Begun<'_> {
        match self.pieces.last() {
            Some(last) if last.len() < PIECE_BYTES => {}
            // With room for a large value at its end.
            Some(_) => self.pieces.push(Bytes::with_capacity(2 * PIECE_BYTES)),
            None => self.pieces.push(Bytes::new()),
        }
        let last = self.pieces.len() - 1;
        let piece = &mut self.pieces[last];
        let start = piece.len();
        key(piece);
        let at = At {
            piece: last as u32,
            start: start as u32,
            key: length(&piece[start..]),
            value: DELETES,
        };
        Begun {
            piece,
            at: self.writes.push_mut(at),
        }
    }

    /// The writes, in their order: keys, and the values; `None` deletes.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], Option<&[u8]>)> {
        let pieces = &self.pieces;
        self.writes
            .iter()
            .map(|at| (at.key(pieces), at.value(pieces)))
    }

    /// Puts the writes into the order of their keys.
    pub(super) fn sort(&mut self) {
        let pieces = &self.pieces;
        self.writes
            .sort_unstable_by(|one, other| one.key(pieces).cmp(other.key(pieces)));
    }

    /// Of several writes of one key keeps the last.
    pub(crate) fn keep_last(&mut self) {
        let pieces = &self.pieces;
        self.writes.reverse();
        // Stable: of equal keys the last write is the first now.
        self.writes
            .sort_by(|one, other| one.key(pieces).cmp(other.key(pieces)));
        self.writes
            .dedup_by(|one, other| one.key(pieces) == other.key(pieces));
    }

    /// Moves the writes of another batch to the end of this one. Copies none of their bytes.
    pub fn append(&mut self, other: Self) {
        if self.writes.is_empty() {
            *self = other;
            return;
        }
        let behind = self.pieces.len() as u32;
        self.pieces.extend(other.pieces);
        self.writes.extend(other.writes.into_iter().map(|at| At {
            piece: behind + at.piece,
            ..at
        }));
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// The bytes of all keys and values: what counts against [`Caps::max_batch_bytes`].
    pub fn bytes(&self) -> usize {
        self.writes
            .iter()
            .map(|at| at.key as usize + at.value_len())
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
            !self.iter().any(|(key, _)| keys::is_reserved(key)),
            "a batch writes a row of the store's own"
        );
        for at in &self.writes {
            let key = at.key(&self.pieces);
            if key.len() > caps.max_key_bytes {
                return Err(StoreError::TooLarge {
                    what: format!("the key {}", keys::display(key)),
                    size: key.len(),
                    limit: caps.max_key_bytes,
                });
            }
            let size = at.value_len();
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
        self.iter().all(|(key, _)| seen.insert(key))
    }
}

impl<K: AsRef<[u8]>, V: AsRef<[u8]>> FromIterator<(K, Option<V>)> for Batch {
    fn from_iter<I: IntoIterator<Item = (K, Option<V>)>>(writes: I) -> Self {
        let mut batch = Self::new();
        for (key, value) in writes {
            match value {
                Some(value) => batch.put(key, value),
                None => batch.delete(key),
            }
        }
        batch
    }
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = self.iter().map(|(key, value)| (keys::display(key), value));
        f.debug_map().entries(named).finish()
    }
}

/// A write whose key is there.
struct Begun<'a> {
    piece: &'a mut Bytes,
    at: &'a mut At,
}

impl Begun<'_> {
    /// Gives it its value. Returns how long that is.
    fn value(self, value: impl FnOnce(&mut Bytes)) -> usize {
        let start = self.piece.len();
        value(self.piece);
        let value = &self.piece[start..];
        self.at.value = length(value);
        value.len()
    }
}

impl At {
    fn key(self, pieces: &[Bytes]) -> &[u8] {
        &pieces[self.piece as usize][self.start as usize..][..self.key as usize]
    }

    fn value(self, pieces: &[Bytes]) -> Option<&[u8]> {
        let start = self.start as usize + self.key as usize;
        let behind = &pieces[self.piece as usize][start..];
        (self.value != DELETES).then(|| &behind[..self.value as usize])
    }

    fn value_len(self) -> usize {
        match self.value {
            DELETES => 0,
            len => len as usize,
        }
    }
}

/// What is longer is so for every store: it is refused by its [check](Batch::check).
fn length(part: &[u8]) -> u32 {
    u32::try_from(part.len())
        .unwrap_or(DELETES - 1)
        .min(DELETES - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_that_names_a_key_twice_is_noticed() {
        let mut batch = Batch::new();
        batch.put([1], []);
        batch.delete([2]);
        assert!(batch.keys_are_distinct());
        batch.delete([1]);
        assert!(!batch.keys_are_distinct());
    }

    #[test]
    fn of_writes_of_one_key_the_last_is_kept() {
        let mut batch = Batch::new();
        batch.put([2], [1]);
        batch.put([1], [2]);
        batch.put([2], [3, 3]);
        let mut other = Batch::new();
        other.delete([1]);
        batch.append(other);
        batch.keep_last();
        let kept: Vec<_> = batch.iter().collect();
        assert_eq!(kept, [(&[1][..], None), (&[2], Some(&[3, 3][..]))]);
        assert_eq!(batch.bytes(), 4);
    }

    #[test]
    fn a_batch_of_as_many_bytes_as_a_store_takes_is_taken() {
        let mut batch = Batch::new();
        batch.put([0x20], [2; 3]);
        batch.delete([0x40; 5]);
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
