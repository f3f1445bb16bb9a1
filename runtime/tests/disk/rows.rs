//! What the tests commit: batches that a seed and a number say, and the rows that result.

use std::collections::BTreeMap;

use rand::{RngExt, SeedableRng, rngs::StdRng};
use undying::store::{Batch, Bytes, Key, Store, StoreError, keys, keys::Row};

/// The rows of a store, but its own.
pub(crate) type Rows = BTreeMap<Key, Bytes>;

/// Reads all rows, by one scan and one by one: both must agree.
pub(crate) fn read(store: &dyn Store) -> Result<Rows, StoreError> {
    let from = keys::tag_range(keys::Tag::Schema).0;
    let rows = store.scan(&from, &[u8::MAX], usize::MAX)?;
    for (key, value) in &rows {
        let found = store.get(key)?;
        assert_eq!(found.as_ref(), Some(value), "{}", keys::display(key));
    }
    Ok(rows.into_iter().collect())
}

/// Writes a batch into rows.
pub(crate) fn apply(rows: &mut Rows, batch: &Batch) {
    for (key, value) in batch.iter() {
        match value {
            Some(value) => rows.insert(key.to_vec(), value.to_vec()),
            None => rows.remove(key),
        };
    }
}

/// Commit `n` of a seed: a row of its own, and some of few rows that others write and delete too.
pub(crate) fn batch(seed: u64, n: u64) -> Batch {
    let mut random = StdRng::seed_from_u64(seed.wrapping_mul(1 << 20).wrapping_add(n));
    let mut rows = BTreeMap::new();
    rows.insert(hist(n), Some(n.to_le_bytes().to_vec()));
    for _ in 0..random.random_range(0..8) {
        let (vp, k) = (random.random_range(1..3), random.random_range(0..6));
        let key = match random.random_range(0..3) {
            0 => Row::Run { vp, n: k }.key(),
            1 => {
                let part = random.random_range(0..3);
                Row::Part { vp, n: k, part }.key()
            }
            _ => Row::Inst { vp, n: k }.key(),
        };
        let bytes = match random.random_range(0..10) {
            0 => None,
            1 => Some(random.random_range(0..20_000)),
            _ => Some(random.random_range(0..200)),
        };
        let value = bytes.map(|bytes| (0..bytes).map(|_| random.random()).collect());
        rows.insert(key, value);
    }
    rows.into_iter().collect()
}

fn hist(n: u64) -> Key {
    Row::Hist {
        vp: 0,
        n: 0,
        seq: n,
    }
    .key()
}
