//! Several chunks read as one, in key order.

use std::{
    cmp::{Ordering, Reverse},
    collections::{BinaryHeap, binary_heap::PeekMut},
    iter,
    sync::Arc,
};

use super::Chunk;

/// A value with its seal.
pub(in crate::store) type Sealed<'a> = &'a [u8];

/// The rows of chunks in key order, each as the youngest chunk has it; those without a value were deleted.
pub(in crate::store) struct Merge<'a> {
    heads: BinaryHeap<Head<'a>>,
    to: Option<&'a [u8]>,
}

/// The next row of a chunk. The greatest is the one with the smallest key, of the youngest chunk.
struct Head<'a> {
    key: &'a [u8],
    age: Reverse<usize>,
    at: usize,
    chunk: &'a Chunk,
}

impl<'a> Merge<'a> {
    /// Reads chunks, oldest first, `from` inclusive, `to` exclusive.
    pub(in crate::store) fn new(
        chunks: &'a [Arc<Chunk>],
        from: &[u8],
        to: Option<&'a [u8]>,
    ) -> Self {
        let heads = chunks.iter().rev().enumerate().filter_map(|(age, chunk)| {
            let at = chunk.seek(from);
            let (key, _) = chunk.row(at)?;
            Some(Head {
                key,
                age: Reverse(age),
                at,
                chunk,
            })
        });
        Self {
            heads: heads.collect(),
            to,
        }
    }
}

impl<'a> Iterator for Merge<'a> {
    type Item = (&'a [u8], Option<Sealed<'a>>);

    fn next(&mut self) -> Option<Self::Item> {
        let first = self.heads.peek_mut()?;
        let chunk = first.chunk;
        let row = chunk.row(first.at)?;
        if self.to.is_some_and(|to| row.0 >= to) {
            return None;
        }
        advance(first);
        // What older chunks have under that key is over.
        while let Some(other) = self.heads.peek_mut() {
            if other.key != row.0 {
                break;
            }
            advance(other);
        }
        Some(row)
    }
}

/// The rows of a table, with what chunks have in front of them: theirs instead, and without those they delete.
pub(in crate::store) fn over<'a, B: AsRef<[u8]> + From<&'a [u8]>, E>(
    chunks: Merge<'a>,
    table: impl Iterator<Item = Result<(B, B), E>>,
) -> impl Iterator<Item = Result<(B, B), E>> {
    let (mut chunks, mut table) = (chunks.peekable(), table.peekable());
    iter::from_fn(move || {
        loop {
            let order = match (chunks.peek(), table.peek()) {
                (None, _) | (_, Some(Err(_))) => Ordering::Greater,
                (Some(_), None) => Ordering::Less,
                (Some((key, _)), Some(Ok((other, _)))) => (*key).cmp(other.as_ref()),
            };
            if order == Ordering::Greater {
                return table.next();
            }
            if order == Ordering::Equal {
                table.next();
            }
            if let Some((key, Some(value))) = chunks.next() {
                return Some(Ok((key.into(), value.into())));
            }
        }
    })
}

fn advance(mut head: PeekMut<'_, Head<'_>>) {
    head.at += 1;
    let chunk = head.chunk;
    match chunk.row(head.at) {
        Some((key, _)) => head.key = key,
        None => {
            PeekMut::pop(head);
        }
    }
}

impl Ord for Head<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        (Reverse(self.key), self.age).cmp(&(Reverse(other.key), other.age))
    }
}

impl PartialOrd for Head<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Head<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Head<'_> {}
