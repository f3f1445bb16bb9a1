//! `Known`: which ids may have a row, without a look into the store.

use xxhash_rust::xxh3::xxh3_64;

/// Of an id that has no row, about one in a hundred is looked for nevertheless.
const BITS_PER_ID: usize = 10;
/// The first filter has room for this many ids, each further one for so many times as many.
const FIRST_IDS: usize = 1 << 14;
const GROWTH: usize = 16;
/// More ids than these filters have room for, 71 million, are not filtered: that would take more memory
/// than it saves time. All of them take 90 MB.
const FILTERS_MAX: u32 = 4;

/// A set of ids that forgets none, and takes some for its own that are not. Filters cannot grow, so
/// there are several, each larger than all before it: when one was just added an id takes up to 21 bytes,
/// when it is full a little more than one.
#[derive(Debug, Default)]
pub(crate) struct Known {
    filters: Vec<Filter>,
    /// How many ids all of them have room for.
    room: usize,
    /// How many were inserted.
    len: usize,
    anything: bool,
}

impl Known {
    pub(crate) fn insert(&mut self, id: &[u8]) {
        if self.len == self.room && !self.anything {
            self.grow();
        }
        self.len += 1;
        if let Some(filter) = self.filters.last_mut() {
            filter.insert(xxh3_64(id));
        }
    }

    fn grow(&mut self) {
        let filters = self.filters.len() as u32;
        if filters == FILTERS_MAX {
            return self.take_anything();
        }
        let size = FIRST_IDS * GROWTH.pow(filters);
        self.room += size;
        self.filters.push(Filter::new(size));
    }

    /// How many ids were inserted, those that came twice counted twice.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Whether an id may be among those inserted.
    pub(crate) fn may_have(&self, id: &[u8]) -> bool {
        let hash = xxh3_64(id);
        self.anything || self.filters.iter().any(|filter| filter.may_have(hash))
    }

    /// From now on any id may have a row: not all that have are known.
    pub(crate) fn take_anything(&mut self) {
        self.filters = Vec::new();
        self.anything = true;
    }
}

/// A Bloom filter in blocks: all bits of an id are in one line of the processor's cache. What it costs
/// is to get that line, once; the filters of libraries have theirs all over their memory.
#[derive(Debug)]
struct Filter(Vec<Block>);

/// An id sets one bit of each word.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
struct Block([u64; 8]);

impl Block {
    /// The bits of a hash: six of its bits for each word, from its lower half, multiplied so that
    /// all count.
    fn of(hash: u64) -> Block {
        let mixed = (hash & 0xffff_ffff).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let bit = |word: usize| 1 << (mixed >> (16 + 6 * word) & 63);
        Block(std::array::from_fn(bit))
    }
}

impl Filter {
    fn new(ids: usize) -> Self {
        Filter(vec![Block::default(); (ids * BITS_PER_ID).div_ceil(512)])
    }

    /// The block of a hash, from its upper half.
    fn place(&self, hash: u64) -> usize {
        ((hash >> 32) as usize * self.0.len()) >> 32
    }

    fn insert(&mut self, hash: u64) {
        let place = self.place(hash);
        for (word, bit) in self.0[place].0.iter_mut().zip(Block::of(hash).0) {
            *word |= bit;
        }
    }

    fn may_have(&self, hash: u64) -> bool {
        let words = self.0[self.place(hash)].0.iter();
        words
            .zip(Block::of(hash).0)
            .all(|(word, bit)| word & bit != 0)
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
        // Both filters are full.
        let ids = FIRST_IDS + FIRST_IDS * GROWTH;
        for n in 0..ids {
            known.insert(&id(n));
        }
        assert_eq!((known.filters.len(), known.room - known.len), (2, 0));
        assert!((0..ids).all(|n| known.may_have(&id(n))));
        let taken = (ids..2 * ids).filter(|n| known.may_have(&id(*n))).count();
        assert!(taken < ids * 3 / 100, "{taken} of {ids}");
        assert!(taken > 0, "it is a filter");
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
