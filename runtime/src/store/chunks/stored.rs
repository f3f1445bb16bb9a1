//! Which chunks are rows of the store, and which of these rows it needs no longer.

use std::collections::VecDeque;

use crate::planted::planted;
use crate::store::{Bytes, Key, keys::Row};

/// A row of the store that holds chunks: those of a commit, or what was carried over up to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) struct ChunkRow {
    pub(in crate::store) commit: u64,
    pub(in crate::store) carried: bool,
}

impl ChunkRow {
    pub(in crate::store) fn key(self) -> Key {
        let Self { commit, carried } = self;
        Row::Chunk { commit, carried }.key()
    }
}

/// What the next commit does to these rows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::store) struct Change {
    /// Rows to write, with their sealed values.
    pub(in crate::store) put: Vec<(ChunkRow, Bytes)>,
    pub(in crate::store) delete: Vec<ChunkRow>,
}

#[derive(Default)]
pub(super) struct Stored {
    /// Oldest first.
    rows: VecDeque<ChunkRow>,
    /// The last commit whose rows have left for tables, or are carried over.
    left: u64,
    /// The last commit up to which all rows are in tables, and none is carried over.
    all_left: u64,
    /// What the next commit writes.
    put: Vec<(ChunkRow, Bytes)>,
}

impl Stored {
    /// A row that is in the store, younger than the others.
    pub(super) fn add(&mut self, row: ChunkRow) {
        debug_assert!(self.rows.back().is_none_or(|last| *last < row));
        self.rows.push_back(row);
    }

    /// The last commit that has a row.
    pub(super) fn last(&self) -> Option<u64> {
        self.rows.back().map(|row| row.commit)
    }

    /// All rows up to a commit are in tables, durably.
    pub(super) fn all_left(&mut self, last: u64) {
        debug_assert!(self.left < last || last == 0);
        (self.left, self.all_left) = (last, last);
        // The next commit was to write it, which did not come yet.
        self.put.clear();
    }

    /// The same, but for what a row says that the next commit is to write.
    pub(super) fn left(&mut self, last: u64, carried: Bytes) {
        debug_assert!(self.left < last);
        self.left = last;
        let row = ChunkRow {
            commit: last,
            carried: true,
        };
        self.put.push((row, carried));
    }

    /// What the next commit does: it deletes `most` rows at most, oldest first, so that those that stay are
    /// always the end of what was written.
    pub(super) fn change(&mut self, most: usize) -> Change {
        if planted!(CarriedForgotten) {
            self.put.clear();
        }
        let mut change = Change {
            put: std::mem::take(&mut self.put),
            delete: Vec::new(),
        };
        for (row, _) in &change.put {
            let at = self.rows.partition_point(|other| other < row);
            self.rows.insert(at, *row);
        }
        let mut at = 0;
        while change.delete.len() < most
            && let Some(row) = self.rows.get(at)
            && (row.commit <= self.left || planted!(ChunkForgotten))
        {
            if row.carried && row.commit > self.all_left {
                at += 1;
            } else {
                change.delete.extend(self.rows.remove(at));
            }
        }
        change
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(commit: u64) -> ChunkRow {
        ChunkRow {
            commit,
            carried: false,
        }
    }

    fn carried(commit: u64) -> ChunkRow {
        ChunkRow {
            commit,
            carried: true,
        }
    }

    fn stored(commits: impl IntoIterator<Item = u64>) -> Stored {
        let mut stored = Stored::default();
        for commit in commits {
            stored.add(row(commit));
        }
        stored
    }

    fn deletes(rows: &[ChunkRow]) -> Change {
        Change {
            delete: rows.to_vec(),
            ..Change::default()
        }
    }

    #[test]
    fn rows_whose_commits_have_left_are_deleted_oldest_first() {
        let mut stored = stored([1, 2, 5, 7]);
        assert_eq!(stored.change(9), Change::default());
        stored.all_left(5);
        assert_eq!(stored.change(2), deletes(&[row(1), row(2)]));
        assert_eq!(stored.change(2), deletes(&[row(5)]));
        assert_eq!(stored.change(2), Change::default());
        assert_eq!(stored.last(), Some(7));
    }

    #[test]
    fn what_is_carried_over_is_written_before_what_it_is_from_is_deleted_and_stays_until_all_has_left()
     {
        let mut stored = stored(1..=6);
        stored.left(2, vec![2]);
        let first = stored.change(1);
        assert_eq!(first.put, [(carried(2), vec![2])]);
        assert_eq!(first.delete, [row(1)]);
        stored.left(4, vec![4]);
        let second = stored.change(9);
        assert_eq!(second.put, [(carried(4), vec![4])]);
        assert_eq!(second.delete, [row(2), row(3), row(4)]);
        assert_eq!(stored.change(9), Change::default());
        stored.all_left(5);
        assert_eq!(stored.change(9), deletes(&[carried(2), carried(4), row(5)]));
        assert_eq!(stored.last(), Some(6));
    }

    #[test]
    fn what_was_carried_over_and_left_between_two_commits_is_never_written() {
        let mut stored = stored(1..=3);
        stored.left(1, vec![1]);
        stored.all_left(2);
        assert_eq!(stored.change(9), deletes(&[row(1), row(2)]));
    }
}
