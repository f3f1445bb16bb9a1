//! Sizes just below a limit, at it and just beyond: taken and read back, or refused by name.

use undying::prelude::*;
use undying::store::memory::MemoryDisk;
use undying::store::{Batch, OpenStore, Store, StoreError, StoreOptions, keys::Row};

use crate::{
    common::{Door, Place},
    folder::scratch,
    tally::Tally,
};

const PROPERTY: &str = "sizes around a limit and odd names are taken whole or refused by name";

/// Commits the batch: it is read back, or it was refused and left nothing.
fn take(store: &dyn Store, batch: Batch, fits: bool) {
    let before = store.sequence();
    let first = batch.iter().next().unwrap();
    let (key, value) = (first.0.to_vec(), first.1.map(<[u8]>::to_vec));
    match store.commit(batch) {
        Ok(sequence) => {
            assert!(fits, "it is too large");
            assert_eq!(sequence, before + 1);
            assert_eq!(store.get(&key).unwrap(), value);
        }
        Err(StoreError::TooLarge { size, limit, .. }) => {
            assert!(!fits && size > limit, "{size} of {limit}");
            assert_eq!(store.sequence(), before);
            assert_eq!(store.get(&key).unwrap(), None);
        }
        Err(error) => panic!("another error: {error}"),
    }
}

#[test]
fn keys_values_and_batches_are_taken_up_to_their_limits() {
    let mut tally = Tally::new(15, PROPERTY);
    let folder = scratch();
    let memory = MemoryDisk::with_caps(StoreOptions::new(folder.path()).open().unwrap().caps());
    let stores: [&dyn OpenStore; 2] = [&StoreOptions::new(folder.path()), &memory];
    for opener in stores {
        let store = opener.open().unwrap();
        let caps = store.caps();
        for (n, more) in [(1, -1), (2, 0), (3, 1)] {
            let size = |limit: usize| limit.strict_add_signed(more);
            let inst = |k| Row::Inst { vp: 1, n: k }.key();
            let mut value = Batch::new();
            value.put(inst(n), vec![1; size(caps.max_value_bytes)]);
            take(&*store, value, more <= 0);

            let mut key = Batch::new();
            let mut long = Row::Name {
                vp: n as u16,
                id: b"",
            }
            .key();
            long.resize(size(caps.max_key_bytes), b'x');
            key.put(long, b"value");
            take(&*store, key, more <= 0);

            // Four rows that are all of a batch, by their keys and values.
            let mut batch = Batch::new();
            let mut left = size(caps.max_batch_bytes);
            for part in 0..4 {
                let key = inst(100 * n + part);
                let bytes = (left - key.len()).min(caps.max_value_bytes);
                left -= key.len() + bytes;
                batch.put(key, vec![2; bytes]);
            }
            assert_eq!(left, 0);
            take(&*store, batch, more <= 0);
            tally.tried(3);
        }
    }
}

#[orchestration]
async fn named(n: u64) -> u64 {
    n
}

#[tokio::test]
async fn ids_of_any_characters_are_found_again_after_a_restart() {
    let mut tally = Tally::new(15, PROPERTY);
    let longest = "ä".repeat(256);
    let ids = [
        "a\0b",
        "\0",
        " ",
        "\u{10ffff}",
        "../../etc",
        "a/b",
        "\r\n\t",
        &longest,
    ];
    for place in Place::each() {
        let engine = place.open(&Door::open()).await;
        for (n, id) in ids.iter().enumerate() {
            engine.start(*id, named(n as u64)).await.unwrap();
        }
        let refused = engine.start(format!("{longest}x"), named(1)).await;
        assert!(matches!(refused, Err(undying::Error::IdTooLong { .. })));
        engine.shutdown().await.unwrap();
        drop(engine);
        let engine = place.open(&Door::open()).await;
        for (n, id) in ids.iter().enumerate() {
            let handle = engine.get::<NamedCall>(id).await.unwrap();
            assert_eq!(handle.result().await.unwrap(), n as u64);
            assert_eq!(engine.describe(id).await.unwrap().id, *id);
            tally.tried(1);
        }
    }
}
