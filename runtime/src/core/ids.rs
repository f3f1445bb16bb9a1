//! `Ids`: which names there are, or which idempotency keys: most that are looked for are new, and
//! are known to have no row without a look into the store.

use std::ops::Range;

use super::known::Known;
use super::rows::{Found, Rows, scan_past_damage};
use crate::store::keys::{self, Row, Tag};
use crate::store::{Key, StoreError};

/// How many rows from before the start are read when a shard is opened.
const READ_AT_OPEN: usize = 4_096;
/// How many with each id that is looked for, until all are.
const READ_AT_ONCE: usize = 32;
/// At least as many are removed before those that are left are read anew.
const REMOVED_MIN: usize = 100_000;

/// The ids that have rows. Until those from before the start are read, any id may have one.
#[derive(Debug)]
pub(crate) struct Ids {
    of: Of,
    partitions: Range<u16>,
    known: Known,
    /// What is read, to be known instead.
    next: Option<Next>,
    /// How many of those that are known have no row any more.
    removed: usize,
}

#[derive(Debug)]
struct Next {
    known: Known,
    pages: Pages,
    /// All that had a row before is durable with this epoch, and can be read then.
    from: u64,
}

/// Whose ids.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Of {
    Instances,
    /// Answered requests of an era.
    Era(u64),
}

impl Ids {
    /// None yet.
    pub(crate) fn new(of: Of, partitions: Range<u16>) -> Self {
        Ids {
            of,
            partitions,
            known: Known::default(),
            next: None,
            removed: 0,
        }
    }

    /// Those that have rows already.
    pub(crate) fn open(of: Of, partitions: Range<u16>, rows: &dyn Rows) -> Self {
        let mut ids = Ids::new(of, partitions);
        ids.known.take_anything();
        ids.read_anew(0);
        ids.read(READ_AT_OPEN, rows);
        ids
    }

    /// An id gets a row.
    pub(crate) fn insert(&mut self, id: &str) {
        self.known.insert(id.as_bytes());
        if let Some(next) = &mut self.next {
            next.known.insert(id.as_bytes());
        }
    }

    /// An epoch deletes the row of an id. It stays known until there are many such.
    pub(crate) fn removed(&mut self, epoch: u64) {
        self.removed += 1;
        if self.next.is_none() && self.removed >= REMOVED_MIN.max(self.known.len() / 2) {
            self.read_anew(epoch);
        }
    }

    /// Whether an id may have a row.
    pub(crate) fn may_have(&self, id: &str) -> bool {
        self.known.may_have(id.as_bytes())
    }

    /// Reads some more of what was there before, of which this epoch was the last to become durable.
    /// It takes little time, and none if all was read.
    pub(crate) fn read_on(&mut self, durable: u64, rows: &dyn Rows) {
        if self.next.as_ref().is_some_and(|next| next.from <= durable) {
            self.read(READ_AT_ONCE, rows);
        }
    }

    fn read_anew(&mut self, from: u64) {
        let pages = Pages::new(self.of, self.partitions.clone());
        let known = Known::default();
        self.next = Some(Next { known, pages, from });
        self.removed = 0;
    }

    fn read(&mut self, mut limit: usize, rows: &dyn Rows) {
        let Some(mut next) = self.next.take() else {
            return;
        };
        let Next { known, pages, .. } = &mut next;
        while limit > 0 && !pages.are_over() {
            match pages.next(limit, rows) {
                Ok(page) => {
                    let ids = page.iter().filter_map(|(key, _)| id_of(key));
                    ids.for_each(|id| known.insert(id));
                    limit -= page.len();
                }
                // Any id may have the row that cannot be read: whoever looks for it is told.
                Err(_) => return self.known.take_anything(),
            }
        }
        if pages.are_over() {
            self.known = next.known;
        } else {
            self.next = Some(next);
        }
    }
}

/// The rows of ids, page by page, from partition to partition of a shard.
#[derive(Debug)]
pub(crate) struct Pages {
    of: Of,
    partitions: Range<u16>,
    from: Key,
}

impl Pages {
    pub(crate) fn new(of: Of, partitions: Range<u16>) -> Self {
        let (from, _) = range(of, partitions.start);
        Pages {
            of,
            partitions,
            from,
        }
    }

    pub(crate) fn are_over(&self) -> bool {
        self.partitions.is_empty()
    }

    /// Some more rows, at most so many, all of one partition.
    pub(crate) fn next(&mut self, limit: usize, rows: &dyn Rows) -> Result<Vec<Found>, StoreError> {
        let (_, to) = range(self.of, self.partitions.start);
        let page = scan_past_damage(rows, &self.from, &to, limit)?;
        match page.last() {
            Some((last, _)) if page.len() == limit => self.from = keys::after(last),
            _ => {
                self.partitions.next();
                (self.from, _) = range(self.of, self.partitions.start);
            }
        }
        Ok(page)
    }
}

/// Where the rows are in a partition.
fn range(of: Of, vp: u16) -> (Key, Key) {
    let id = &[][..];
    let start = |era| Row::Req { vp, era, id }.key();
    match of {
        Of::Instances => keys::partition_range(Tag::Name, vp),
        Of::Era(era) => (start(era), start(era + 1)),
    }
}

/// The id in the key of its row.
pub(crate) fn id_of(key: &[u8]) -> Option<&[u8]> {
    match Row::parse(key)? {
        Row::Name { id, .. } | Row::Req { id, .. } => Some(id),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::store::memory::MemoryDisk;
    use crate::store::{Batch, OpenStore, Store};

    const VPS: Range<u16> = 2..5;

    fn name(n: usize) -> String {
        format!("order-{n}")
    }

    fn key(n: usize) -> Key {
        let name = name(n);
        let vp = VPS.start + (n % VPS.len()) as u16;
        let id = name.as_bytes();
        Row::Name { vp, id }.key()
    }

    /// A disk with the names of these instances.
    fn disk(names: usize) -> (MemoryDisk, Arc<dyn Store>) {
        let disk = MemoryDisk::new();
        let store = disk.open().unwrap();
        let mut batch = Batch::new();
        for n in 0..names {
            batch.put(key(n), Vec::new());
        }
        store.commit(batch).unwrap();
        (disk, store)
    }

    fn open(store: &Arc<dyn Store>) -> Ids {
        Ids::open(Of::Instances, VPS, store)
    }

    fn unknown(ids: &Ids) -> usize {
        let others = (0..1_000).map(|n| format!("other-{n}"));
        others.filter(|other| !ids.may_have(other)).count()
    }

    #[test]
    fn of_a_small_store_all_names_are_known_at_once() {
        for names in [0, 1, 3, 100] {
            let (_, store) = disk(names);
            let ids = open(&store);
            assert!((0..names).all(|n| ids.may_have(&name(n))));
            assert!(unknown(&ids) > 900, "{names}");
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "thousands of rows")]
    fn until_all_names_are_read_any_may_be_there_and_none_is_missed() {
        let names = READ_AT_OPEN + 10 * READ_AT_ONCE;
        let (_, store) = disk(names);
        let mut ids = open(&store);
        let mut looks = 0;
        while unknown(&ids) == 0 {
            assert!((0..names).all(|n| ids.may_have(&name(n))));
            ids.insert(&format!("new-{looks}"));
            ids.read_on(0, &store);
            looks += 1;
            assert!(looks < 20);
        }
        assert!(looks > 9, "{looks} is too few for pages of {READ_AT_ONCE}");
        assert!((0..names).all(|n| ids.may_have(&name(n))));
        assert!((0..looks).all(|n| ids.may_have(&format!("new-{n}"))));
    }

    #[test]
    fn the_name_of_a_damaged_row_is_known() {
        let (disk, store) = disk(10);
        disk.damage(key(7));
        let ids = open(&store);
        assert!(ids.may_have(&name(7)));
        assert!(unknown(&ids) > 900);
    }

    #[test]
    #[cfg_attr(miri, ignore = "a hundred thousand names")]
    fn names_of_instances_that_are_purged_are_forgotten_together() {
        let (_, store) = disk(10);
        let mut ids = open(&store);
        for n in 0..REMOVED_MIN {
            ids.insert(&format!("other-{n}"));
        }
        assert_eq!(unknown(&ids), 0);
        ids.insert("sealed");
        (0..REMOVED_MIN).for_each(|_| ids.removed(5));
        ids.read_on(4, &store);
        assert_eq!(unknown(&ids), 0, "what was sealed is not durable yet");
        assert!(ids.may_have("sealed"));
        ids.insert("later");
        let mut batch = Batch::new();
        let (vp, id) = (VPS.start, &b"sealed"[..]);
        batch.put(Row::Name { vp, id }.key(), Vec::new());
        store.commit(batch).unwrap();
        ids.read_on(5, &store);
        assert!(unknown(&ids) > 900);
        assert!((0..10).all(|n| ids.may_have(&name(n))));
        assert!(ids.may_have("sealed") && ids.may_have("later"));
    }
}
