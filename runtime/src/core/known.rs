//! `Known`: which ids may have a row, without a look into the store.

use fastbloom::BloomFilter;
use xxhash_rust::xxh3::xxh3_64;

/// Of an id that has no row, about one in a hundred is looked for nevertheless.
const BITS_PER_ID: usize = 10;
/// The first filter has room for this many ids, each further one for so many times as many.
const FIRST_IDS: usize = 1 << 14;
const GROWTH: usize = 16;
/// More ids than this are not filtered: they would take more memory than they save time. Then
/// filters take about 90 MB.
const IDS_MAX: usize = FIRST_IDS * GROWTH.pow(3);

/// A set of ids that forgets none, and takes some for its own that are not. Filters cannot grow, so
/// there are several, each larger than all before it.
#[derive(Debug, Default)]
pub(crate) struct Known {
    filters: Vec<BloomFilter>,
    /// How many ids the last filter has room for, and how many more.
    size: usize,
    room: usize,
    /// How many were inserted.
    len: usize,
    anything: bool,
}

impl Known {
    pub(crate) fn insert(&mut self, id: &[u8]) {
        self.len += 1;
        if self.anything {
            return;
        }
        if self.room == 0 {
            self.size = match self.size {
                0 => FIRST_IDS,
                IDS_MAX => return self.take_anything(),
                size => size * GROWTH,
            };
            self.room = self.size;
            let filter = BloomFilter::with_num_bits(self.size * BITS_PER_ID);
            let filter = filter.seed(&0).expected_items(self.size);
            self.filters.push(filter);
        }
        self.room -= 1;
        if let Some(filter) = self.filters.last_mut() {
            filter.insert_hash(xxh3_64(id));
        }
    }

    /// How many ids were inserted, those that came twice counted twice.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Whether an id may be among those inserted.
    pub(crate) fn may_have(&self, id: &[u8]) -> bool {
        let hash = xxh3_64(id);
        self.anything || self.filters.iter().any(|filter| filter.contains_hash(hash))
    }

    /// From now on any id may have a row: not all that have are known.
    pub(crate) fn take_anything(&mut self) {
        self.filters = Vec::new();
        self.anything = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: usize) -> Vec<u8> {
        format!("client-{}/{n}", n % 7).into_bytes()
    }

    #[test]
    #[cfg_attr(miri, ignore = "thousands of ids")]
    fn an_id_is_never_forgotten_and_others_are_rarely_taken_for_known() {
        let mut known = Known::default();
        let ids = 3 * FIRST_IDS;
        for n in 0..ids {
            assert!(!known.may_have(&id(ids + n)) || n > 0);
            known.insert(&id(n));
        }
        assert_eq!(known.filters.len(), 2);
        assert!((0..ids).all(|n| known.may_have(&id(n))));
        let taken = (ids..2 * ids).filter(|n| known.may_have(&id(*n))).count();
        assert!(taken < ids / 50, "{taken} of {ids}");
    }

    #[test]
    fn what_takes_anything_knows_every_id() {
        let mut known = Known::default();
        assert!(!known.may_have(b"key"));
        known.take_anything();
        known.insert(b"another");
        assert!(known.may_have(b"key"));
        assert!(known.filters.is_empty());
    }
}
