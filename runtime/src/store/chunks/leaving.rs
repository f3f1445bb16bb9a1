//! Chunks that leave: for tables, or carried over.

use std::sync::Arc;

use super::{All, Chunk, ChunkRow, Each, Merge, size};
use crate::store::{Bytes, keys::Family, sealed};

/// A family with less than this part of a table in a move is one that has little.
const LITTLE: usize = 3;
/// So often at most is something carried over: reads look through all of it.
const CARRIED_MAX: usize = 8;

/// Chunks that leave together.
pub(in crate::store) struct Leaving {
    chunks: All,
    /// How many of the oldest chunks of each family were carried over already.
    carried: Each<usize>,
    /// The last commit whose rows are among them.
    last: u64,
    /// The families that are carried over.
    stays: Each<bool>,
}

/// What is carried over.
pub(super) struct Carried {
    /// In memory, behind what was before.
    pub(super) chunks: Each<Option<Chunk>>,
    /// In the store: the sealed value of a row. `None` if nothing is carried over.
    pub(super) row: Option<Bytes>,
}

impl Leaving {
    /// Decides which families are carried over: those that have little, until one has enough for a table.
    /// Then all leave, since rows of the store hold what several have carried over; and at first, since what
    /// an earlier life has carried over is among the other chunks.
    pub(super) fn new(chunks: All, carried: Option<Each<usize>>, last: u64, table: usize) -> Self {
        let is_first = carried.is_none();
        let carried = carried.unwrap_or_default();
        let mut leaving = Self {
            chunks,
            carried,
            last,
            stays: Each::default(),
        };
        let has_little = |family: &Family| {
            let at = *family as usize;
            size(leaving.fresh(at)) < table / LITTLE
                && size(&leaving.chunks[at]) < table
                && carried[at] < CARRIED_MAX
        };
        let carries = |family: &Family| carried[*family as usize] > 0;
        if !is_first
            && Family::ALL
                .iter()
                .filter(|family| carries(family))
                .all(has_little)
        {
            leaving.stays = Family::ALL.map(|family| {
                let is_empty = leaving.chunks[family as usize].is_empty();
                !is_empty && has_little(&family)
            });
        }
        leaving
    }

    /// The last commit whose rows are among these.
    pub(super) fn last(&self) -> u64 {
        self.last
    }

    /// The bytes of these chunks, but for what was carried over already.
    pub(super) fn bytes(&self) -> usize {
        (0..Family::ALL.len()).map(|at| size(self.fresh(at))).sum()
    }

    /// The rows for the tables of each family.
    pub(in crate::store) fn for_tables(&self) -> impl Iterator<Item = (Family, Merge<'_>)> {
        let leaves = |family: &Family| !self.stays[*family as usize];
        let families = Family::ALL.into_iter().filter(leaves);
        families.map(|family| {
            let rows = Merge::new(&self.chunks[family as usize], &[], None);
            (family, rows)
        })
    }

    /// What is carried over.
    pub(super) fn carry(&self) -> Carried {
        let mut carried = Carried {
            chunks: Each::default(),
            row: None,
        };
        let mut bytes = Bytes::new();
        for at in (0..Family::ALL.len()).filter(|at| self.stays[*at]) {
            let fresh = self.fresh(at);
            let fresh = Chunk::merged(fresh, size(fresh));
            bytes.extend_from_slice(fresh.bytes());
            carried.chunks[at] = Some(fresh);
        }
        if self.stays.contains(&true) {
            let row = ChunkRow {
                commit: self.last,
                carried: true,
            };
            carried.row = Some(sealed::seal(&row.key(), bytes, self.last));
        }
        carried
    }

    /// How many of the oldest chunks of a family were carried over already.
    pub(super) fn carried(&self, at: usize) -> usize {
        self.carried[at]
    }

    /// The chunks of a family but for those.
    fn fresh(&self, at: usize) -> &[Arc<Chunk>] {
        &self.chunks[at][self.carried[at]..]
    }
}
