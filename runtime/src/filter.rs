//! A Bloom filter: whether a key may be in a set, from little memory.

use xxhash_rust::xxh3::xxh3_64;

/// Bits a key. Of those that are not in the set, about one in a hundred is taken for one that is.
const BITS: usize = 10;

/// What a filter knows of a key.
pub(crate) fn hash(key: &[u8]) -> u64 {
    xxh3_64(key)
}

/// A Bloom filter in blocks: all bits of a key are in one line of the processor's cache. What it costs
/// is to get that line, once; the filters of libraries have theirs all over their memory.
#[derive(Debug)]
pub(crate) struct Filter(Vec<Block>);

/// A key sets one bit of each word.
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
    /// A filter of nothing, with room for so many.
    pub(crate) fn new(len: usize) -> Self {
        Filter(vec![Block::default(); (len * BITS).div_ceil(512).max(1)])
    }

    /// The block of a hash, from its upper half.
    fn place(&self, hash: u64) -> usize {
        ((hash >> 32) as usize * self.0.len()) >> 32
    }

    /// Adds what has this hash.
    pub(crate) fn insert(&mut self, hash: u64) {
        let place = self.place(hash);
        for (word, bit) in self.0[place].0.iter_mut().zip(Block::of(hash).0) {
            *word |= bit;
        }
    }

    /// Whether something with this hash may be in it.
    pub(crate) fn may_have(&self, hash: u64) -> bool {
        let words = self.0[self.place(hash)].0.iter();
        words
            .zip(Block::of(hash).0)
            .all(|(word, bit)| word & bit != 0)
    }
}
