//! Damaged files are reported or harmless: never a lost commit, never a wrong value.

use std::{
    fs::{self, OpenOptions},
    io::{Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use rand::{RngExt, SeedableRng, rngs::StdRng};
use tempfile::{TempDir, tempdir};
use undying::store::{Batch, OpenStore, Store, StoreError, StoreOptions, keys::Row};

use crate::{
    folder::{copy, files, scratch},
    rows::{Rows, read},
};

/// Commits `count` batches of a few rows with values of about `size` bytes.
fn write(store: &dyn Store, count: u64, size: usize) {
    let first = store.sequence();
    for n in first..first + count {
        let mut batch = Batch::new();
        batch.put(Row::Inst { vp: 1, n }.key(), vec![n as u8; size]);
        batch.put(Row::Run { vp: 1, n }.key(), Vec::new());
        batch.put(
            Row::Hist {
                vp: 1,
                n: 1,
                seq: n,
            }
            .key(),
            vec![n as u8; size],
        );
        store.commit(batch).expect("a healthy store commits");
    }
}

fn journals(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder.join("data"))
        .expect("the data folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "jnl"))
        .collect();
    found.sort();
    found
}

/// A store of ten commits, closed, and its journal.
fn closed() -> (TempDir, StoreOptions, PathBuf) {
    let folder = tempdir().unwrap();
    let options = StoreOptions::new(folder.path());
    let store = options.open().unwrap();
    write(&*store, 10, 50);
    store.close().unwrap();
    let journal = journals(folder.path()).pop().unwrap();
    (folder, options, journal)
}

fn flip(path: &Path, at: u64, bit: u32) {
    let mut bytes = fs::read(path).expect("a file");
    bytes[at as usize] ^= 1 << bit;
    let mut file = OpenOptions::new().write(true).open(path).expect("a file");
    file.seek(SeekFrom::Start(at)).expect("a position");
    file.write_all(&bytes[at as usize..=at as usize])
        .expect("a byte");
}

/// Opens and reads; whatever was damaged, the answer is all rows or an error.
fn assert_all_or_error(options: &StoreOptions, rows: &Rows, what: &str) -> bool {
    match options.open().and_then(|store| read(&*store)) {
        Ok(found) => {
            assert!(found == *rows, "{what}: rows are gone or wrong");
            false
        }
        Err(_) => true,
    }
}

fn corrupt(options: &StoreOptions) -> String {
    match options.open() {
        Err(error @ StoreError::Corrupt { .. }) => error.to_string(),
        Err(error) => panic!("another error: {error}"),
        Ok(store) => panic!("opened at commit {}", store.sequence()),
    }
}

#[test]
fn a_flipped_bit_in_a_table_is_found_when_it_is_read() {
    let folder = tempdir().unwrap();
    let options = StoreOptions::new(folder.path());
    let store = options.open().unwrap();
    // More than a memtable, so that tables are written.
    write(&*store, 12, 2 << 20);
    let rows = read(&*store).unwrap();
    store.close().unwrap();
    drop(store);
    let mut tables = files(&folder.path().join("data/keyspaces"));
    tables.retain(|path| {
        path.parent()
            .is_some_and(|parent| parent.ends_with("tables"))
    });
    tables.retain(|path| fs::metadata(path).unwrap().len() > 1 << 20);
    assert!(!tables.is_empty(), "no table was written");
    let mut random = StdRng::seed_from_u64(2);
    for table in tables.iter().take(4) {
        let at = random.random_range(0..fs::metadata(table).unwrap().len());
        flip(table, at, 3);
        let what = format!("{} byte {at}", table.display());
        assert_all_or_error(&options, &rows, &what);
        flip(table, at, 3);
    }
    assert!(!assert_all_or_error(&options, &rows, "the store as it was"));
}

#[test]
fn a_journal_cut_short_is_reported_by_the_witness_and_changes_nothing() {
    let (_folder, options, journal) = closed();
    let bytes = fs::read(&journal).unwrap();
    fs::write(&journal, &bytes[..1500]).unwrap();
    for _ in 0..2 {
        let said = corrupt(&options);
        assert!(said.contains("accept_data_loss"), "{said}");
        assert_eq!(fs::metadata(&journal).unwrap().len(), 1500);
    }
    fs::write(&journal, &bytes).unwrap();
    assert_eq!(options.open().unwrap().sequence(), 10);
}

#[test]
fn a_missing_journal_is_reported() {
    let (_folder, options, journal) = closed();
    fs::remove_file(journal).unwrap();
    corrupt(&options);
}

#[test]
fn a_damaged_start_marker_is_reported_even_before_the_witness_knew() {
    let folder = tempdir().unwrap();
    let options = StoreOptions::new(folder.path());
    write(&*options.open().unwrap(), 30, 50);
    let journal = journals(folder.path()).pop().unwrap();
    // Behind the first batch, which made the store, the next start marker is damaged.
    let bytes = fs::read(&journal).unwrap();
    let start = bytes.windows(4).position(|at| at == b"FJL\x03").unwrap() + 4;
    assert_eq!(bytes[start], 1, "a start marker");
    flip(&journal, start as u64, 2);
    let said = corrupt(&options);
    assert!(said.contains("acknowledged"), "{said}");
}

#[test]
fn a_torn_end_is_cut_and_forgotten() {
    let folder = tempdir().unwrap();
    let options = StoreOptions::new(folder.path());
    write(&*options.open().unwrap(), 10, 50);
    let rows = read(&*options.open().unwrap()).unwrap();
    let journal = journals(folder.path()).pop().unwrap();
    let mut bytes = fs::read(&journal).unwrap();
    // A batch that was being written: a start marker and the beginning of a row.
    bytes.extend_from_slice(&[1, 3, 0, 0, 0, 99, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 1, 0]);
    fs::write(&journal, bytes).unwrap();
    let store = options.open().unwrap();
    assert_eq!(store.sequence(), 10);
    assert_eq!(read(&*store).unwrap(), rows);
    assert!(!folder.path().join("cut").exists());
    write(&*store, 1, 50);
    drop(store);
    assert_eq!(options.open().unwrap().sequence(), 11);
}

#[test]
fn accepted_data_loss_keeps_what_it_cuts_and_goes_on() {
    let (folder, options, journal) = closed();
    let bytes = fs::read(&journal).unwrap();
    let ends: Vec<usize> = (0..bytes.len() - 4)
        .filter(|at| bytes[*at..].starts_with(b"FJL\x03"))
        .collect();
    // The first batch made the store; the fifth of ours is damaged.
    flip(&journal, ends[4] as u64 + 30, 0);
    corrupt(&options);
    let store = options.clone().accept_data_loss(true).open().unwrap();
    assert_eq!(store.sequence(), 4);
    assert!(!store.was_clean());
    assert_eq!(read(&*store).unwrap().len(), 4 * 3);
    write(&*store, 1, 50);
    store.close().unwrap();
    let kept: u64 = files(&folder.path().join("cut"))
        .iter()
        .map(|path| fs::metadata(path).unwrap().len())
        .sum();
    assert!(kept > 500, "{kept} bytes were kept");
    // From now on the store is whole, without being told to accept anything.
    assert_eq!(options.open().unwrap().sequence(), 5);
}

#[test]
fn a_lost_witness_is_reported_and_can_be_made_anew() {
    let folder = tempdir().unwrap();
    let options = StoreOptions::new(folder.path());
    let store = options.open().unwrap();
    write(&*store, 3, 50);
    store.close().unwrap();
    let witness = folder.path().join("witness");
    for damage in [None, Some(vec![0; 8192])] {
        fs::remove_file(&witness).unwrap();
        if let Some(bytes) = damage {
            fs::write(&witness, bytes).unwrap();
        }
        let said = corrupt(&options);
        assert!(said.contains("witness"), "{said}");
        let store = options.clone().accept_data_loss(true).open().unwrap();
        assert_eq!(store.sequence(), 3);
        drop(store);
        options.open().unwrap().close().unwrap();
    }
}

#[test]
fn lost_data_beside_a_witness_is_not_created_anew() {
    let folder = tempdir().unwrap();
    let options = StoreOptions::new(folder.path());
    let store = options.open().unwrap();
    write(&*store, 3, 50);
    store.close().unwrap();
    fs::remove_dir_all(folder.path().join("data")).unwrap();
    let said = corrupt(&options);
    assert!(said.contains("missing"), "{said}");
}

#[test]
fn a_mark_of_creation_that_came_back_does_not_have_the_rows_removed() {
    let folder = tempdir().unwrap();
    let options = StoreOptions::new(folder.path());
    write(&*options.open().unwrap(), 3, 50);
    let mark = folder.path().join("creating");
    fs::write(&mark, b"").unwrap();
    let said = corrupt(&options);
    assert!(said.contains("remove the mark"), "{said}");
    fs::remove_file(&mark).unwrap();
    assert_eq!(options.open().unwrap().sequence(), 3);
}

#[test]
fn a_journal_that_is_gone_is_reported_even_before_the_witness_knew() {
    let folder = tempdir().unwrap();
    let options = StoreOptions::new(folder.path());
    write(&*options.open().unwrap(), 3, 50);
    fs::remove_file(journals(folder.path()).pop().unwrap()).unwrap();
    let said = corrupt(&options);
    assert!(said.contains("journal"), "{said}");
}

/// The engine would delete all that the damaged file does not name.
#[test]
fn a_damaged_list_of_tables_or_names_costs_no_other_file() {
    let origin = tempdir().unwrap();
    let options = StoreOptions::new(origin.path());
    let store = options.open().unwrap();
    write(&*store, 3, 50);
    let rows = read(&*store).unwrap();
    store.close().unwrap();
    drop(store);
    // Opened once more, so that nothing is left over from making it.
    options.open().unwrap().close().unwrap();
    let folder = scratch();
    for (at, name) in files(&origin.path().join("data/keyspaces"))
        .iter()
        .enumerate()
    {
        let name = name.strip_prefix(origin.path()).unwrap();
        let store = folder.path().join(at.to_string());
        copy(origin.path(), &store);
        let (path, options) = (store.join(name), StoreOptions::new(&store));
        let bytes = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let said = corrupt(&options);
        assert!(said.contains("restore that file"), "{said}");
        let mut flipped = bytes.clone();
        flipped[bytes.len() / 2] ^= 1;
        fs::write(&path, flipped).unwrap();
        let said = corrupt(&options);
        let keyspace = store.join("data/keyspaces");
        assert!(said.contains(keyspace.to_str().unwrap()), "{said}");
        fs::write(&path, bytes).unwrap();
        let store = options.open().unwrap();
        assert_eq!(read(&*store).unwrap(), rows, "{}", name.display());
    }
}
