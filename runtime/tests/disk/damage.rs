//! Any damage to any file: the rows are right, or an error is named; and nothing more is lost.
//!
//! A try damages one file of a copy of a store and opens it. What it must not do is to serve a wrong
//! row, to leave one out, or to destroy what the damage had spared: with the damaged file put back,
//! all of the store is there again.

use std::{
    collections::BTreeSet,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use rand::{RngExt, SeedableRng, rngs::StdRng};
use tempfile::TempDir;
use undying::store::keys::{Family, Row};
use undying::store::{Batch, OpenStore, Store, StoreError, StoreOptions};

use crate::{
    folder::{KINDS, copy, files, kind, scratch},
    rows::{Rows, apply, batch, read},
    tally,
};

/// How a file is damaged.
const WAYS: [&str; 8] = [
    "flip", "zero", "truncate", "swap", "stale", "remove", "garbage", "append",
];

/// A store with tables, manifests and a journal, as it was some time ago and as it is.
struct Origin {
    old: TempDir,
    new: TempDir,
    rows: Rows,
}

impl Origin {
    fn make() -> Origin {
        let (live, old, new) = (scratch(), scratch(), scratch());
        let options = StoreOptions::new(live.path());
        let mut rows = Rows::new();
        for life in 0..3 {
            let store = options.open().unwrap();
            let begun_with = journals(live.path());
            let id = life.to_string();
            let part = |part| Row::Part {
                vp: 9,
                n: life,
                part,
            };
            let id = id.as_bytes();
            for n in 0..12 {
                commit(&*store, &mut rows, batch(2 + life, 1 + n));
            }
            for row in [
                Row::Name { vp: 9, id },
                Row::Req {
                    vp: 9,
                    era: life,
                    id,
                },
                Row::Seq { vp: life as u16 },
                Row::Inst { vp: 9, n: life },
                Row::Timer {
                    vp: 9,
                    due: life,
                    n: 0,
                    op: 0,
                },
                Row::Hist {
                    vp: 9,
                    n: life,
                    seq: 0,
                },
            ] {
                put(&*store, &mut rows, row, life, 500_000);
                put(&*store, &mut rows, row, life, 10);
            }
            // Enough to be written to tables, with what is there of the other families; and gone then.
            for n in 0..100 {
                put(&*store, &mut rows, part(n), life, 200_000);
            }
            for n in 1..100 {
                let mut gone = Batch::new();
                gone.delete(part(n).key());
                commit(&*store, &mut rows, gone);
            }
            // And more than a memtable of large values, and a journal.
            for bytes in [15 << 20, 15 << 20, 15 << 20, 4 << 20, 4 << 20, 300_000] {
                put(&*store, &mut rows, part(0), life, bytes);
            }
            until_flushed(live.path(), &begun_with);
            store.close().unwrap();
            drop(store);
            // Opened once more, so that the journal is not mostly preallocated space.
            let store = options.open().unwrap();
            commit(&*store, &mut rows, batch(7, 1 + life));
            store.close().unwrap();
            drop(store);
            // And died there: the witness knows of all commits, as it does a second after the last.
            drop(options.open().unwrap());
            if life == 1 {
                copy(live.path(), old.path());
            }
        }
        copy(live.path(), new.path());
        Origin { old, new, rows }
    }
}

fn commit(store: &dyn Store, rows: &mut Rows, batch: Batch) {
    apply(rows, &batch);
    store.commit(batch).expect("a healthy store commits");
}

fn put(store: &dyn Store, rows: &mut Rows, row: Row<'_>, life: u64, bytes: usize) {
    let mut batch = Batch::new();
    batch.put(row.key(), vec![life as u8; bytes]);
    commit(store, rows, batch);
}

/// The tables are written in the background. When all of a journal is in tables, it is gone.
fn until_flushed(store: &Path, begun_with: &BTreeSet<PathBuf>) {
    let begun = Instant::now();
    let has_table = |keyspace: usize| {
        let folder = store.join(format!("data/keyspaces/{keyspace}/tables"));
        fs::read_dir(folder).unwrap().next().is_some()
    };
    while !journals(store).is_disjoint(begun_with) || !(1..=Family::ALL.len()).all(has_table) {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "what was written is not in tables"
        );
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn journals(store: &Path) -> BTreeSet<PathBuf> {
    let is_journal = |path: &PathBuf| path.extension().is_some_and(|ext| ext == "jnl");
    files(store).into_iter().filter(is_journal).collect()
}

/// One try: which file, and what is done to it.
struct Damage {
    file: PathBuf,
    way: &'static str,
    words: String,
}

/// Damages a file in the copy at `store`.
fn damage(origin: &Origin, store: &Path, seed: u64) -> Damage {
    let mut random = StdRng::seed_from_u64(seed);
    let all = files(store);
    let kind_meant = KINDS[seed as usize % KINDS.len()];
    let way = WAYS[seed as usize / KINDS.len() % WAYS.len()];
    let of_kind: Vec<&PathBuf> = all
        .iter()
        .filter(|path| kind(path.strip_prefix(store).unwrap()) == kind_meant)
        .collect();
    assert!(!of_kind.is_empty(), "the store has no {kind_meant}");
    let path = of_kind[random.random_range(0..of_kind.len())].clone();
    let file = path.strip_prefix(store).unwrap().to_path_buf();
    let mut bytes = fs::read(&path).unwrap();
    let len = bytes.len();
    let mut words = format!("{way} of {} ({len} bytes)", file.display());
    let at = random.random_range(0..len.max(1));
    match way {
        "flip" if len > 0 => {
            let bit = random.random_range(0..8);
            bytes[at] ^= 1 << bit;
            words += &format!(", byte {at} bit {bit}");
        }
        "zero" | "garbage" => {
            let piece = [8, 512, 4096, len.max(1)][random.random_range(0..4)];
            let from = at / piece * piece;
            let to = (from + piece).min(len);
            for byte in &mut bytes[from..to] {
                *byte = if way == "zero" { 0 } else { random.random() };
            }
            words += &format!(", bytes {from} to {to}");
        }
        "truncate" => {
            bytes.truncate(at);
            words += &format!(", to {at} bytes");
        }
        "swap" => {
            // Most often with another of its kind, which looks right.
            let others: Vec<&PathBuf> = if random.random_bool(0.7) && of_kind.len() > 1 {
                of_kind
                    .into_iter()
                    .filter(|other| **other != path)
                    .collect()
            } else {
                all.iter().filter(|other| **other != path).collect()
            };
            let other = others[random.random_range(0..others.len())];
            bytes = fs::read(other).unwrap();
            words += &format!(", for {}", other.strip_prefix(store).unwrap().display());
        }
        "stale" => {
            // As it was, if it was there; else the one of its kind that was.
            let then = origin.old.path().join(&file);
            let then = if then.exists() {
                then
            } else {
                let same = |path: &PathBuf| {
                    kind(path.strip_prefix(origin.old.path()).unwrap()) == kind_meant
                };
                files(origin.old.path()).into_iter().find(same).unwrap()
            };
            bytes = fs::read(then).unwrap();
        }
        "append" => bytes.extend((0..random.random_range(1..600)).map(|_| random.random::<u8>())),
        _ => {}
    }
    if way == "remove" {
        fs::remove_file(&path).unwrap();
    } else {
        fs::write(&path, bytes).unwrap();
    }
    Damage { file, way, words }
}

/// Opens the store and reads it: all rows, or an error.
fn outcome(options: &StoreOptions, rows: &Rows) -> Result<Option<StoreError>, String> {
    let read = || options.open().and_then(|store| read(&*store));
    match catch_unwind(AssertUnwindSafe(read)) {
        Err(_) => Err("it panics".into()),
        Ok(Err(error)) => Ok(Some(error)),
        Ok(Ok(found)) if found == *rows => Ok(None),
        Ok(Ok(found)) => {
            let gone = rows.keys().filter(|key| !found.contains_key(*key)).count();
            Err(format!(
                "{gone} of {} rows are gone, or rows are wrong",
                rows.len()
            ))
        }
    }
}

/// What a try found: `None` if the damage was harmless.
fn trial(origin: &Origin, seed: u64) -> Result<(Damage, Option<StoreError>), String> {
    let folder = scratch();
    let store = folder.path().join("store");
    copy(origin.new.path(), &store);
    let damage = damage(origin, &store, seed);
    let options = StoreOptions::new(&store);
    let told = |why: String| format!("{}: {why}", damage.words);
    let found = outcome(&options, &origin.rows).map_err(told)?;
    if let Some(error) = &found {
        let fits = matches!(
            error,
            StoreError::Corrupt { .. } | StoreError::Incompatible { .. } | StoreError::Io { .. }
        );
        if !fits {
            return Err(told(format!("another error: {error}")));
        }
        // The damage is all that there is to mend.
        fs::copy(
            origin.new.path().join(&damage.file),
            store.join(&damage.file),
        )
        .map_err(|why| told(format!("{error}; the file cannot be put back: {why}")))?;
        match outcome(&options, &origin.rows) {
            Ok(None) => {}
            Ok(Some(why)) => return Err(told(format!("{error}; then, mended: {why}"))),
            Err(why) => return Err(told(format!("{error}; then, mended: {why}"))),
        }
    }
    Ok((damage, found))
}

#[test]
fn damage_to_any_file_is_reported_or_harmless_and_destroys_nothing_else() {
    let origin = Origin::make();
    let kinds: BTreeSet<&str> = files(origin.new.path())
        .iter()
        .map(|path| kind(path.strip_prefix(origin.new.path()).unwrap()))
        .collect();
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), KINDS);

    let mut tally = tally::Tally::new(13, "damaged files are reported, never served or dropped");
    let seeds = tally::seeds(22);
    let tries = seeds.end - seeds.start;
    let (mut hit, mut reported) = (BTreeSet::new(), 0);
    for seed in seeds {
        tally.tried(1);
        match trial(&origin, seed) {
            Ok((damage, found)) => {
                hit.insert((kind(&damage.file), damage.way));
                reported += usize::from(found.is_some());
            }
            Err(why) => {
                println!("seed {seed}: {why}");
                println!(
                    "repeat it: SEED={seed} TRIES=1 cargo test -p undying --test disk \
                     damage_to_any_file -- --nocapture"
                );
                tally.violated();
            }
        }
    }
    println!("{reported} of {tries} were reported, the others harmless");
    let hit: BTreeSet<&str> = hit.into_iter().map(|(kind, _)| kind).collect();
    assert!(
        hit.len() as u64 >= (KINDS.len() as u64).min(tries),
        "{hit:?}"
    );
}
