//! The rows of the embedded store, in tables, in chunks, and damaged.

use super::*;
use crate::store::witness::{Testimony, Witness};
use crate::store::{OpenStore, StoreOptions, keys::Row};

/// Writes bytes that no commit would, under a whole store.
fn plant(options: &StoreOptions, data: &Path, key: &[u8], bytes: Vec<u8>) {
    drop(options.open().unwrap());
    let rows = Rows::open(data).unwrap();
    rows.keyspace(key).insert(key, bytes).unwrap();
    // The audit would find it in the journal.
    into_tables(rows, data);
}

/// Leaves a store that has all its rows in tables.
fn into_tables(rows: Rows, data: &Path) {
    for keyspace in &rows.keyspaces {
        keyspace.rotate_memtable_and_wait().unwrap();
    }
    drop(rows);
    for entry in std::fs::read_dir(data).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ext| ext == "jnl") {
            std::fs::write(path, b"").unwrap();
        }
    }
}

#[test]
fn a_wrong_value_is_never_served() {
    let key = Row::Inst { vp: 1, n: 1 }.key();
    let sealed = sealed::seal(&key, b"value".to_vec(), 0);
    let mut flipped = sealed.clone();
    flipped[2] ^= 1;
    let other = Row::Inst { vp: 1, n: 2 }.key();
    let swapped = sealed::seal(&other, b"value".to_vec(), 0);
    let future = sealed::seal(&key, b"value".to_vec(), 1000);
    for (what, bytes) in [
        ("flipped", flipped),
        ("swapped", swapped),
        ("future", future),
        ("empty", Vec::new()),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let options = StoreOptions::new(folder.path());
        plant(&options, &folder.path().join("data"), &key, bytes);
        let store = options.open().unwrap();
        for read in [
            store.get(&key).map(|_| ()),
            store.scan(&key, &other, 9).map(|_| ()),
        ] {
            let error = read.unwrap_err();
            assert!(
                matches!(&error, StoreError::Corrupt { key: Some(found), .. } if *found == key),
                "{what}: {error}"
            );
        }
    }
}

/// Has all chunks leave, and carries over families with less than `table` bytes; says whether there were any.
fn leave(rows: &Rows, table: usize) -> bool {
    let (keyspaces, chunks) = (rows.keyspaces.clone(), rows.chunks.clone());
    move_chunks(&rows.database, keyspaces, chunks, &rows.path)(1, table).unwrap()
}

fn name(n: u64) -> Key {
    let id = &n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
    Row::Name { vp: 1, id }.key()
}

/// The names that rows have, and in how many tables they are.
fn names(rows: &Rows) -> (Vec<(Key, Bytes)>, usize) {
    let (from, to) = keys::tag_range(keys::Tag::Name);
    let found = rows.scan(&from, &to, usize::MAX).unwrap();
    let found: Vec<_> = found
        .into_iter()
        .map(|(key, value, _)| (key, value))
        .collect();
    for (key, value) in &found {
        let read = rows.get(key).unwrap().map(|(value, _)| value);
        assert_eq!(read.as_ref(), Some(value));
    }
    let tables = rows.keyspaces[Family::Names as usize].table_count();
    (found, tables)
}

#[test]
fn names_are_read_wherever_they_are_and_whenever_the_store_was_opened() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut rows = Rows::create(&data).unwrap();
    let mut model = std::collections::BTreeMap::new();
    let mut tables = 0;
    for sequence in 1..=200 {
        let mut batch = Batch::new();
        let (new, old) = (name(sequence), name(sequence / 2));
        batch.put(new.clone(), vec![sequence as u8]);
        model.insert(new, vec![sequence as u8]);
        if sequence % 3 == 0 && model.remove(&old).is_some() {
            batch.delete(old);
        }
        rows.commit(batch, sequence, Durability::Sync).unwrap();
        if sequence % 20 == 0 {
            assert!(leave(&rows, 0));
            tables += 1;
        }
        if sequence % 30 == 0 {
            drop(rows);
            rows = Rows::open(&data).unwrap();
        }
        let expected: Vec<_> = model.clone().into_iter().collect();
        assert_eq!(names(&rows), (expected, tables), "{sequence}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(24))]

    /// Each step is a commit, and then a life may end, or chunks leave: of some families all, or of none.
    #[test]
    fn what_is_carried_over_is_never_lost_and_never_comes_back(
        steps in proptest::collection::vec((0..6_u64, 0..40_u64, 0..6_u8), 1..60),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let mut rows = Rows::create(&data).unwrap();
        let mut model = std::collections::BTreeMap::new();
        for (sequence, (n, len, then)) in (1..).zip(steps) {
            let mut batch = Batch::new();
            for (n, len) in [(n, len), (n + 6, 9 * len)] {
                // Of names there is little, of instances there may be much.
                let key = if n < 6 { name(n) } else { Row::Inst { n, vp: 1 }.key() };
                if len % 4 == 0 {
                    batch.delete(&key);
                    model.remove(&key);
                } else {
                    let value = vec![sequence as u8; len as usize];
                    batch.put(&key, &value);
                    model.insert(key, (value, sequence));
                }
            }
            rows.commit(batch, sequence, Durability::Buffered).unwrap();
            match then {
                0 => {
                    drop(rows);
                    rows = Rows::open(&data).unwrap();
                }
                1..=3 => {
                    leave(&rows, [0, 300, 1_000][usize::from(then) - 1]);
                }
                _ => {}
            }
            let (from, _) = keys::tag_range(keys::Tag::Name);
            let found = rows.scan(&from, &[u8::MAX], usize::MAX).unwrap();
            let expected = model.iter().map(|(key, (value, at))| (key.clone(), value.clone(), *at));
            assert_eq!(found, expected.collect::<Vec<_>>(), "{sequence}");
        }
    }
}

#[test]
fn a_merge_ends_when_the_store_is_closed_and_has_changed_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let rows = Rows::create(&data).unwrap();
    let together = usize::from(MERGED_TOGETHER[Family::Names as usize]);
    for sequence in 1..=together as u64 {
        let mut batch = Batch::new();
        batch.put(name(sequence), []);
        // The same in all tables, lest they are put side by side.
        batch.put(name(0), [sequence as u8]);
        rows.commit(batch, sequence, Durability::Sync).unwrap();
        leave(&rows, 0);
    }
    let before = names(&rows);
    assert_eq!((before.0.len(), before.1), (together + 1, together));
    let merge = |stop| compact(&rows.database, rows.keyspaces.clone(), &data, stop)().unwrap();
    rows.stop.set();
    assert!(!merge(rows.stop.clone()));
    assert_eq!(names(&rows), before);
    drop(rows);
    // The next life does it.
    let rows = Rows::open(&data).unwrap();
    let begun = std::time::Instant::now();
    while names(&rows).1 >= together {
        assert!(begun.elapsed().as_secs() < 60, "nothing is merged");
        std::thread::yield_now();
    }
    assert_eq!(names(&rows).0, before.0);
}

#[test]
fn a_commit_is_kept_as_a_chunk_until_its_names_are_in_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let rows = Rows::create(&folder.path().join("data")).unwrap();
    let commit = |sequence| {
        let mut batch = Batch::new();
        batch.put(name(sequence), vec![]);
        rows.commit(batch, sequence, Durability::Sync).unwrap();
    };
    let kept = || rows.keyspaces[Family::Chunks as usize].iter().count();
    (1..=3).for_each(commit);
    assert_eq!(kept(), 3);
    assert!(leave(&rows, 0));
    commit(4);
    assert_eq!(kept(), 1);
    assert_eq!(names(&rows).0.len(), 4);
}

#[test]
fn a_chunk_that_does_not_read_back_is_damage() {
    let folder = tempfile::tempdir().unwrap();
    let options = StoreOptions::new(folder.path());
    let key = Row::Chunk {
        commit: 1,
        carried: false,
    }
    .key();
    let whole = [&2u16.to_le_bytes()[..], &u32::MAX.to_le_bytes(), b"id"].concat();
    for (what, bytes, sequence) in [
        ("cut off", whole[..7].to_vec(), 1),
        ("of another commit", whole.clone(), 2),
    ] {
        let bytes = sealed::seal(&key, bytes, sequence);
        plant(&options, &folder.path().join("data"), &key, bytes);
        let error = options.open().err().unwrap();
        assert!(
            matches!(&error, StoreError::Corrupt { key: Some(found), .. } if *found == key),
            "{what}: {error}"
        );
        std::fs::remove_dir_all(folder.path()).unwrap();
        std::fs::create_dir(folder.path()).unwrap();
    }
}

#[test]
fn tables_of_an_earlier_time_are_damage_though_no_journal_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let options = StoreOptions::new(folder.path());
    let rows = || Rows::open(&data).unwrap();
    drop(options.open().unwrap());
    into_tables(rows(), &data);
    for sequence in 1..=3 {
        rows()
            .commit(Batch::new(), sequence, Durability::Sync)
            .unwrap();
    }
    into_tables(rows(), &data);
    options.open().unwrap().close().unwrap();

    let file = folder.path().join("witness");
    let (mut witness, said) = Witness::open(&file).unwrap().unwrap();
    assert_eq!((said.sequence, said.clean), (3, true), "nothing is missing");
    let sequence = 5;
    witness.record(Testimony { sequence, ..said }).unwrap();
    drop(witness);
    let error = options.open().err().unwrap().to_string();
    assert!(error.contains("3 of 5 commits"), "{error}");
    let accepts = options.accept_data_loss(true);
    assert_eq!(accepts.open().unwrap().sequence(), 3);
}

#[test]
fn a_store_of_a_later_format_is_refused_by_number() {
    let folder = tempfile::tempdir().unwrap();
    let options = StoreOptions::new(folder.path());
    let key = keys::FORMAT_ROW.key();
    let later = sealed::seal(&key, vec![9, 0, 0, 0, 64, 0], 0);
    plant(&options, &folder.path().join("data"), &key, later);
    let error = options.open().err().unwrap();
    assert!(
        matches!(error, StoreError::Incompatible { found: 9, .. }),
        "{error}"
    );
}

const LARGE: usize = large::LARGE_BYTES;

/// How many rows there are for large values.
fn large_rows(rows: &Rows) -> usize {
    rows.family(Family::Large).iter().count()
}

#[test]
fn large_values_are_read_wherever_they_are_and_leave_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut rows = Rows::create(&data).unwrap();
    let mut model = std::collections::BTreeMap::new();
    for sequence in 1..=60_u64 {
        let mut batch = Batch::new();
        // Each of five rows is in turn large, small, and gone, for one commit or several.
        let key = name(sequence % 5);
        match sequence.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 62 {
            0 => {
                batch.delete(&key);
                model.remove(&key);
            }
            kind => {
                let value = vec![sequence as u8; [0, 3, LARGE - 1, LARGE][kind as usize]];
                batch.put(&key, &value);
                model.insert(key, (value, sequence));
            }
        }
        rows.commit(batch, sequence, Durability::Sync).unwrap();
        if sequence % 7 == 0 {
            leave(&rows, 0);
        }
        if sequence % 13 == 0 {
            drop(rows);
            rows = Rows::open(&data).unwrap();
        }
        let (from, to) = keys::tag_range(keys::Tag::Name);
        let found = rows.scan(&from, &to, usize::MAX).unwrap();
        let expected = model
            .iter()
            .map(|(key, (value, at))| (key.clone(), value.clone(), *at));
        assert_eq!(found, expected.collect::<Vec<_>>(), "{sequence}");
        for (key, value) in &model {
            assert_eq!(rows.get(key).unwrap().as_ref(), Some(value), "{sequence}");
        }
        let large = model
            .values()
            .filter(|(value, _)| value.len() >= LARGE)
            .count();
        assert_eq!(large_rows(&rows), 2 * large, "{sequence}");
    }
}

#[test]
fn who_reads_while_large_values_come_and_go_reads_one_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let rows = Rows::create(&folder.path().join("data")).unwrap();
    let key = name(1);
    let (from, to) = keys::tag_range(keys::Tag::Name);
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut lengths = std::collections::BTreeSet::new();
            while !done.load(Ordering::Relaxed) {
                let found = rows.get(&key).unwrap();
                lengths.insert(found.map_or(0, |(value, _)| value.len()));
                let found = rows.scan(&from, &to, 9).unwrap();
                lengths.extend(found.iter().map(|(_, value, _)| value.len()));
            }
            lengths
        });
        for sequence in 1..=200 {
            let mut batch = Batch::new();
            match sequence % 3 {
                0 => batch.delete(&key),
                1 => batch.put(&key, vec![1; LARGE]),
                _ => batch.put(&key, [2]),
            }
            rows.commit(batch, sequence, Durability::Buffered).unwrap();
        }
        done.store(true, Ordering::Relaxed);
        let lengths = reader.join().unwrap();
        assert!(
            lengths.iter().all(|len| [0, 1, LARGE].contains(len)),
            "{lengths:?}"
        );
    });
}

#[test]
fn a_large_value_that_is_missing_or_of_an_earlier_time_is_damage() {
    let key = name(1);
    let own = Row::Value { key: &key }.key();
    for (what, planted) in [
        ("missing", None),
        ("earlier time", Some(sealed::seal(&own, vec![1; LARGE], 1))),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let rows = Rows::create(&folder.path().join("data")).unwrap();
        for sequence in 1..=2 {
            let mut batch = Batch::new();
            batch.put(&key, vec![sequence as u8; LARGE]);
            rows.commit(batch, sequence, Durability::Sync).unwrap();
        }
        let keyspace = rows.family(Family::Large);
        match planted {
            Some(sealed) => keyspace.insert(&own, sealed).unwrap(),
            None => keyspace.remove(&own).unwrap(),
        }
        let (from, to) = keys::tag_range(keys::Tag::Name);
        for read in [
            rows.get(&key).map(|_| ()),
            rows.scan(&from, &to, 9).map(|_| ()),
        ] {
            let error = read.unwrap_err();
            assert!(error.to_string().contains(what), "{error}");
            assert!(
                matches!(&error, StoreError::Corrupt { key: Some(found), .. } if *found == key),
                "{error}"
            );
        }
    }
}
