//! Every byte around the rows of a journal, damaged: the rows are right, or the journal and the place
//! are named.
//!
//! No checksum of the LSM engine covers what begins a batch: one that it cannot read it takes for the
//! end of the journal, and one with a low number for one that tables have.

use std::{
    fs,
    ops::Range,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use tempfile::TempDir;
use undying::store::{Batch, OpenStore, Store, StoreError, StoreOptions, keys::Row};

use crate::{
    folder::{copy, files, scratch},
    rows::{Rows, apply, batch, read},
};

/// The bytes of a start marker: a tag, how many rows, the engine's sequence number.
const START: [(&str, Range<usize>); 3] = [("tag", 0..1), ("rows", 1..5), ("number", 5..13)];
/// Those of a row before its key.
const ROW: [(&str, Range<usize>); 7] = [
    ("tag", 0..1),
    ("kind", 1..2),
    ("compression", 2..3),
    ("keyspace", 3..11),
    ("key length", 11..13),
    ("value length", 13..17),
    ("stored length", 17..21),
];
/// Those of an end marker.
const END: [(&str, Range<usize>); 3] = [("tag", 0..1), ("checksum", 1..9), ("trailer", 9..13)];

/// A store whose process died, before any witness knew of its last commits.
struct Origin {
    folder: TempDir,
    rows: Rows,
    /// The name of its journal, and where the batches begin and end.
    journal: PathBuf,
    bytes: Vec<u8>,
    batches: Vec<Range<usize>>,
}

impl Origin {
    /// Ten commits: in the first journal of all, or after one that tables stand for.
    fn make(is_after_tables: bool) -> Origin {
        let folder = scratch();
        let options = StoreOptions::new(folder.path());
        let store = options.open().unwrap();
        let mut rows = Rows::new();
        if is_after_tables {
            until_tables_stand_for(&*store, folder.path(), &mut rows);
        }
        for n in 0..10 {
            commit(&*store, &mut rows, batch(77, 1 + n));
        }
        drop(store);
        let journal = journal(folder.path());
        let mut bytes = fs::read(folder.path().join(&journal)).unwrap();
        // What is behind is preallocated.
        let used = bytes.iter().rposition(|byte| *byte != 0).unwrap();
        bytes.truncate(used + 1);
        let mut ends: Vec<usize> = Vec::new();
        for at in 4..=bytes.len() {
            if bytes[..at].ends_with(b"FJL\x03") {
                ends.push(at);
            }
        }
        let begins = [0].into_iter().chain(ends.iter().copied());
        let batches = begins.zip(ends.iter().copied()).map(|(from, to)| from..to);
        let batches: Vec<_> = batches.collect();
        fs::write(folder.path().join(&journal), &bytes).unwrap();
        Origin {
            folder,
            rows,
            journal,
            batches,
            bytes,
        }
    }

    /// Damages one byte in a copy and opens that; how it was reported, if it was.
    fn damage(&self, at: usize, to: u8, what: &str) -> Option<String> {
        let folder = scratch();
        let store = folder.path().join("store");
        copy(self.folder.path(), &store);
        let journal = store.join(&self.journal);
        let mut bytes = self.bytes.clone();
        bytes[at] = to;
        fs::write(&journal, bytes).unwrap();
        match StoreOptions::new(&store)
            .open()
            .and_then(|store| read(&*store))
        {
            Ok(found) => {
                assert!(found == self.rows, "{what}: rows are gone or wrong");
                None
            }
            Err(error @ StoreError::Corrupt { .. }) => {
                let said = error.to_string();
                assert!(said.contains(journal.to_str().unwrap()), "{what}: {said}");
                Some(said)
            }
            Err(error) => panic!("{what}: another error: {error}"),
        }
    }

    /// Damages every bit of these bytes, each reported or harmless; how many were reported.
    fn damage_all(
        &self,
        batch: &Range<usize>,
        from: usize,
        fields: &[(&str, Range<usize>)],
    ) -> usize {
        let mut reported = 0;
        for (field, bytes) in fields {
            for at in bytes.clone().map(|byte| from + byte) {
                for bit in 0..8 {
                    let what = format!("bit {bit} of byte {at}, in the {field} of {batch:?}");
                    let Some(said) = self.damage(at, self.bytes[at] ^ (1 << bit), &what) else {
                        continue;
                    };
                    let place = said.split_once("at byte ").map(|(_, rest)| rest);
                    let place = place.and_then(|rest| rest.split_once(':')?.0.parse().ok());
                    let place: usize = place.unwrap_or_else(|| panic!("{what}: {said}"));
                    // Where the batch begins; a number too high shows only in what follows.
                    assert!(place == batch.start || place == batch.end, "{what}: {said}");
                    reported += 1;
                }
            }
        }
        reported
    }
}

fn commit(store: &dyn Store, rows: &mut Rows, batch: Batch) {
    apply(rows, &batch);
    store.commit(batch).expect("a healthy store commits");
}

/// The one journal of a store.
fn journal(store: &Path) -> PathBuf {
    let journals = journals(store);
    assert_eq!(journals.len(), 1, "{journals:?}");
    journals[0].strip_prefix(store).unwrap().to_owned()
}

fn journals(store: &Path) -> Vec<PathBuf> {
    let mut journals = files(store);
    journals.retain(|path| path.extension().is_some_and(|ext| ext == "jnl"));
    journals
}

/// Commits until tables have been written and the first journal has gone, which is later. Most of it is
/// gone again before, so that the tables are small.
fn until_tables_stand_for(store: &dyn Store, folder: &Path, rows: &mut Rows) {
    let begun = Instant::now();
    let key = Row::Inst { vp: 9, n: 9 }.key();
    while journals(folder).iter().any(|path| path.ends_with("0.jnl")) {
        assert!(begun.elapsed() < Duration::from_secs(60), "a journal stays");
        for bytes in [15 << 20, 10, (1 << 20) + 1] {
            let mut filling = Batch::new();
            filling.put(key.clone(), vec![9; bytes]);
            // What begins the next journal has a row that no later commit writes.
            let n = store.sequence();
            filling.put(Row::Inst { vp: 8, n }.key(), vec![8; 10]);
            commit(store, rows, filling);
        }
    }
}

/// Damages each bit of the start marker of a batch in turn.
fn start_marker(is_after_tables: bool, batch: impl Fn(usize) -> usize) {
    let origin = Origin::make(is_after_tables);
    let batch = &origin.batches[batch(origin.batches.len())];
    let reported = origin.damage_all(batch, batch.start, &START);
    // Some numbers may become higher and stay in order; the tag and the rows may not.
    assert!(reported >= 40, "{reported} were reported");
}

#[test]
fn damage_to_any_bit_of_a_start_marker_after_tables_is_reported_with_its_place_or_loses_nothing() {
    start_marker(true, |_| 0);
}

#[test]
fn damage_to_any_bit_of_a_start_marker_in_the_middle_is_reported_with_its_place_or_loses_nothing() {
    start_marker(false, |batches| batches / 2);
}

#[test]
fn damage_to_any_bit_of_the_last_start_marker_is_reported_with_its_place_or_loses_nothing() {
    start_marker(false, |batches| batches - 1);
}

#[test]
fn damage_to_any_bit_of_the_markers_of_rows_and_ends_is_reported_with_its_place() {
    let origin = Origin::make(false);
    let batch = &origin.batches[origin.batches.len() / 2];
    let bits = |fields: &[(&str, Range<usize>)]| {
        fields
            .iter()
            .map(|(_, bytes)| 8 * bytes.len())
            .sum::<usize>()
    };
    let row = origin.damage_all(batch, batch.start + 13, &ROW);
    assert_eq!(row, bits(&ROW));
    let end = origin.damage_all(batch, batch.end - 13, &END);
    assert_eq!(end, bits(&END));
}
