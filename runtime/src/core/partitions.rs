//! `Partitions`: which instances live where.

use std::ops::Range;

use super::Number;

/// How many virtual partitions a store has, and how they are divided among the shards: each owns a
/// range (rule 36).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partitions {
    count: u16,
    shards: usize,
}

impl Partitions {
    /// A division of `count` virtual partitions, at least 1, among `shards`, at least 1 and at most
    /// one per partition.
    #[must_use]
    pub fn new(count: u16, shards: usize) -> Self {
        let count = count.max(1);
        Partitions {
            count,
            shards: shards.clamp(1, usize::from(count)),
        }
    }

    /// How many virtual partitions there are.
    #[must_use]
    pub fn count(&self) -> u16 {
        self.count
    }

    /// How many shards there are.
    #[must_use]
    pub fn shards(&self) -> usize {
        self.shards
    }

    /// The virtual partition of an instance id: the same for ever.
    #[must_use]
    pub fn of_id(&self, id: &str) -> u16 {
        let hash = xxhash_rust::xxh3::xxh3_64(id.as_bytes());
        (hash % u64::from(self.count)) as u16
    }

    /// The shard that owns a virtual partition.
    #[must_use]
    pub fn shard(&self, partition: u16) -> usize {
        usize::from(partition) * self.shards / usize::from(self.count)
    }

    /// The shard that owns an instance.
    #[must_use]
    pub fn shard_of(&self, number: Number) -> usize {
        self.shard(number.partition)
    }

    /// The virtual partitions a shard owns.
    #[must_use]
    pub fn owned(&self, shard: usize) -> Range<u16> {
        let count = usize::from(self.count);
        let first = |shard: usize| (shard * count).div_ceil(self.shards) as u16;
        first(shard)..first(shard + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_partition_is_owned_by_the_shard_it_is_sent_to() {
        for (count, shards) in (1..=140)
            .map(|shards| (128, shards))
            .chain([(1, 1), (7, 3)])
        {
            let partitions = Partitions::new(count, shards);
            let mut next = 0;
            for shard in 0..partitions.shards() {
                for partition in partitions.owned(shard) {
                    assert_eq!(partition, next);
                    assert_eq!(partitions.shard(partition), shard);
                    next += 1;
                }
            }
            assert_eq!(next, count);
        }
    }

    #[test]
    fn an_id_stays_in_its_partition_from_version_to_version() {
        let partitions = Partitions::new(128, 1);
        let found = ["", "order-17", "order-18", "\u{fc}"].map(|id| partitions.of_id(id));
        assert_eq!(found, [66, 62, 18, 110]);
    }
}
