//! The rows of the embedded store, on fjall; the only file that names it.
//!
//! fjall gives atomic batches over a journal and LSM trees. What it lacks stands around it: see
//! [`embedded`](super::embedded).

use std::{
    cmp::Reverse,
    panic,
    path::{Path, PathBuf},
    sync::Arc,
};

use fjall::{
    AbstractTree, CompressionType, Database, Keyspace, KeyspaceCreateOptions, LsmError,
    OwnedWriteBatch, PersistMode, compaction::Leveled, config::PinningPolicy,
};

use super::{
    Batch, Bytes, Durability, Key, StoreError,
    compactor::Compactor,
    folder::io_error,
    keeper::Flush,
    keys::{self, Family, Tag},
    sealed,
};

/// Small memtables keep flush stalls short; larger ones were no faster over a minute.
const MEMTABLE_BYTES: u64 = 16 << 20;
/// So large is the level into which flushed memtables are merged before there is another one, as by fjall's
/// default.
const LEVEL_BYTES: u64 = 256 << 20;
/// So many flushed memtables that are not merged make commits wait; at 30 fjall stops them by sleeping.
const UNMERGED_MAX: usize = 28;
/// The least fjall takes. All of it is replayed when a store is opened after a crash.
const JOURNAL_BYTES: u64 = 64 << 20;
/// fjall's own thread only flushes; compaction is done [beside it](Compactor). If it did both, memtables
/// were not even rotated during a compaction, and two threads of fjall's hand each other the compaction that
/// one of them does, as long as it takes.
const WORKERS: usize = 1;

/// The keyspaces, one per [`Family`](keys::Family), in key order.
const KEYSPACES: [&str; Family::ALL.len()] = ["names", "instances", "parts", "work", "history"];
/// How many flushed memtables of each are merged together. Those of names and of work, where idempotency keys
/// are, hold keys of all partitions, so a merge writes all of the level again; and they are small, for all
/// keyspaces are flushed when their journal is full. Of instances, parts and history only what is young is
/// written again: twice fjall's default will do, which leaves more of a small machine's second core to commits.
const MERGED_TOGETHER: [u8; KEYSPACES.len()] = [16, 8, 8, 16, 8];
/// The file without which fjall would take a folder for a new database.
const VERSION_FILE: &str = "version";

/// The rows: one database, one keyspace per family of tags.
pub(super) struct Rows {
    // Ends before what it works on.
    compactor: Compactor,
    path: PathBuf,
    database: Database,
    keyspaces: Vec<Keyspace>,
}

impl Rows {
    /// Makes an empty database.
    pub(super) fn create(path: &Path) -> Result<Self, StoreError> {
        Self::start(path, |_| Ok(()))
    }

    /// Opens the database; a part of it that is missing is damage, not a reason to create it.
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let missing = |what: &str| StoreError::Corrupt {
            what: format!("the data in {}, where {what} is missing,", path.display()),
            key: None,
            remedy: "restore the store from a backup",
        };
        if !path.join(VERSION_FILE).exists() {
            return Err(missing("the version file"));
        }
        Self::start(path, |database| {
            let found = database.list_keyspace_names();
            match KEYSPACES
                .iter()
                .find(|name| !found.iter().any(|found| &**found == **name))
            {
                Some(name) => Err(missing(name)),
                None => Ok(()),
            }
        })
    }

    fn start(
        path: &Path,
        check: impl FnOnce(&Database) -> Result<(), StoreError>,
    ) -> Result<Self, StoreError> {
        // The engine asserts what a damaged file may break; a panic is one more damaged file.
        let database = panic::catch_unwind(|| {
            Database::builder(path)
                .max_journaling_size(JOURNAL_BYTES)
                .worker_threads(WORKERS)
                .journal_compression(CompressionType::None)
                .open()
        })
        .unwrap_or(Err(fjall::Error::Unrecoverable))
        .map_err(|error| failed("open", path, error))?;
        check(&database)?;
        // For fjall's own thread: it finds nothing to merge.
        let never = Leveled::default()
            .with_l0_threshold(u8::MAX)
            .with_table_target_size(1 << 40);
        // What is started or asked with a new name or key is looked for and not found, by filters that stay in
        // memory, a little more than a byte for each: one of a large table, read for a single key, takes
        // longer than all the rest of a start.
        let options = || {
            KeyspaceCreateOptions::default()
                .max_memtable_size(MEMTABLE_BYTES)
                .compaction_strategy(Arc::new(never.clone()))
                .filter_block_pinning_policy(PinningPolicy::all(true))
        };
        let mut keyspaces = Vec::with_capacity(KEYSPACES.len());
        for name in KEYSPACES {
            let keyspace = database.keyspace(name, options);
            keyspaces.push(keyspace.map_err(|error| failed("open", path, error))?);
        }
        let compactor = Compactor::start(compact(&database, keyspaces.clone(), path))
            .map_err(|source| io_error("start a thread for", path, source))?;
        Ok(Self {
            compactor,
            path: path.to_owned(),
            keyspaces,
            database,
        })
    }

    /// Writes the row that makes a database a store; no numbered commit.
    pub(super) fn found(&self, key: Key, value: Bytes) -> Result<(), StoreError> {
        let mut rows = self.batch(1, PersistMode::SyncAll);
        let value = sealed::seal(&key, value, 0);
        rows.insert(self.keyspace(&key), key, value);
        rows.commit()
            .map_err(|error| failed("create", &self.path, error))
    }

    /// Writes a batch as commit `sequence`. After an error it is there entirely or not at all.
    pub(super) fn commit(
        &self,
        batch: Batch,
        sequence: u64,
        durability: Durability,
    ) -> Result<(), StoreError> {
        self.compactor
            .admit(batch.bytes() as u64, || self.is_behind())?;
        let mode = match durability {
            Durability::Sync => PersistMode::SyncAll,
            Durability::Buffered => PersistMode::Buffer,
        };
        let mut rows = self.batch(batch.writes.len() + 1, mode);
        let mut writes = batch.writes;
        // Neighbours that are put into a memtable together are found there in what is in the caches, and lie
        // together when it is flushed.
        writes.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        for (key, value) in writes {
            let keyspace = self.keyspace(&key);
            match value {
                Some(value) => {
                    let value = sealed::seal(&key, value, sequence);
                    rows.insert(keyspace, key, value);
                }
                None => rows.remove(keyspace, key),
            }
        }
        // Last, so that the audit of a torn journal finds it only behind all of its batch.
        let key = keys::COMMIT_ROW.key();
        let value = sealed::seal(&key, commit_row(self.database.seqno()), sequence);
        rows.insert(self.keyspace(&key), key, value);
        rows.commit().map_err(|error| match error {
            // An earlier failure, of background work: this batch was not begun.
            fjall::Error::Poisoned => failed("commit to", &self.path, error),
            error => StoreError::Unknown {
                sequence,
                source: match error {
                    fjall::Error::Io(source) => format!("{}: {source}", self.path.display()),
                    error => format!("{}: {error}", self.path.display()),
                }
                .into(),
            },
        })
    }

    /// A row's payload and the commit that wrote it.
    pub(super) fn get(&self, key: &[u8]) -> Result<Option<(Bytes, u64)>, StoreError> {
        let found = self
            .keyspace(key)
            .get(key)
            .map_err(|error| failed("read", &self.path, error))?;
        let Some(sealed) = found else {
            return Ok(None);
        };
        let (payload, sequence) = sealed::unseal(key, &sealed)?;
        Ok(Some((payload.to_vec(), sequence)))
    }

    /// Up to `limit` rows in key order, each with the commit that wrote it.
    pub(super) fn scan(
        &self,
        from: &[u8],
        to: &[u8],
        limit: usize,
    ) -> Result<Vec<(Key, Bytes, u64)>, StoreError> {
        let mut found = Vec::new();
        if from >= to {
            return Ok(found);
        }
        for keyspace in &self.keyspaces[family(from)..=family(to)] {
            for row in keyspace.range(from..to).take(limit - found.len()) {
                let (key, sealed) = row
                    .into_inner()
                    .map_err(|error| failed("read", &self.path, error))?;
                let (payload, sequence) = sealed::unseal(&key, &sealed)?;
                found.push((key.to_vec(), payload.to_vec(), sequence));
            }
        }
        Ok(found)
    }

    /// Makes everything that was handed over durable.
    pub(super) fn sync(&self) -> Result<(), StoreError> {
        sync(&self.database, &self.path)
    }

    /// The same, for another thread.
    pub(super) fn flush(&self) -> Flush {
        let (database, path) = (self.database.clone(), self.path.clone());
        Box::new(move || sync(&database, &path))
    }

    /// Whether more flushed memtables are unmerged than reads should have to look through.
    fn is_behind(&self) -> bool {
        let unmerged = |keyspace: &Keyspace| keyspace.tree.l0_run_count() >= UNMERGED_MAX;
        self.keyspaces.iter().any(unmerged)
    }

    fn batch(&self, rows: usize, mode: PersistMode) -> OwnedWriteBatch {
        OwnedWriteBatch::with_capacity(self.database.clone(), rows).durability(Some(mode))
    }

    fn keyspace(&self, key: &[u8]) -> &Keyspace {
        &self.keyspaces[family(key)]
    }
}

/// Merges once in the first keyspace that has something to merge; says whether there was one.
fn compact(
    database: &Database,
    keyspaces: Vec<Keyspace>,
    path: &Path,
) -> impl FnMut() -> Result<bool, StoreError> + use<> {
    let snapshots = database.supervisor.snapshot_tracker.clone();
    let path = path.to_owned();
    let leveled = MERGED_TOGETHER.map(|together| {
        let leveled = Leveled::default().with_l0_threshold(together);
        // A level is as large as so many tables.
        Arc::new(leveled.with_table_target_size(LEVEL_BYTES / u64::from(together)))
    });
    let mut keyspaces: Vec<_> = keyspaces.into_iter().zip(leveled).collect();
    move || {
        // Most is unmerged where commits would have to wait first.
        keyspaces.sort_by_key(|(keyspace, _)| Reverse(keyspace.tree.l0_run_count()));
        for (keyspace, leveled) in &keyspaces {
            let tree = &keyspace.tree;
            let before = tree.current_version().id();
            tree.compact(leveled.clone(), snapshots.get_seqno_safe_to_gc())
                .map_err(|error| failed("merge tables of", &path, error.into()))?;
            // A flush in between makes it another version too: then this is asked once too often.
            if tree.current_version().id() != before {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The payload of the commit row: what the engine's number of the batch is not below. Nothing else
/// vouches for that number, and a batch with a lower one is taken for one that tables have.
fn commit_row(floor: u64) -> Bytes {
    let mut row = Bytes::with_capacity(keys::COMMIT_ROW_BYTES + sealed::SEAL_BYTES);
    row.extend_from_slice(&floor.to_le_bytes());
    row
}

fn family(key: &[u8]) -> usize {
    Tag::family(key.first().copied().unwrap_or(0)) as usize
}

fn sync(database: &Database, path: &Path) -> Result<(), StoreError> {
    database
        .persist(PersistMode::SyncAll)
        .map_err(|error| failed("sync", path, error))
}

fn failed(action: &'static str, path: &Path, error: fjall::Error) -> StoreError {
    match error {
        fjall::Error::Io(source) | fjall::Error::Storage(LsmError::Io(source)) => {
            io_error(action, path, source)
        }
        fjall::Error::Locked => StoreError::Locked {
            path: path.to_owned(),
            by: None,
        },
        fjall::Error::Poisoned | fjall::Error::KeyspaceDeleted => StoreError::Backend {
            action,
            path: path.to_owned(),
            source: Box::new(error),
        },
        // What is left are bytes that do not read as what they should be.
        error => StoreError::Corrupt {
            what: format!("the data in {} ({error})", path.display()),
            key: None,
            remedy: "restore the store from a backup",
        },
    }
}

#[cfg(test)]
mod tests {
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
}
