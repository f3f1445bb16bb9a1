//! The rows of the embedded store, on fjall; the only file that names it.
//!
//! fjall gives atomic batches over a journal and LSM trees. What it lacks stands around it: see
//! [`embedded`](super::embedded). Its memtables hold little: a commit's rows are one row to it, and stay in
//! [`chunks`](super::chunks) until they are written to tables; only [`large`] values are not among them.

mod large;
mod stop;
#[cfg(test)]
mod tests;
mod work;

use std::{
    panic,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use fjall::{
    AbstractTree, CompressionType, Database, Keyspace, KeyspaceCreateOptions, LsmError,
    OwnedWriteBatch, PersistMode, compaction::Leveled, config::PinningPolicy,
};
use large::{LARGE_BYTES, Large};
use stop::Stop;
use work::{compact, move_chunks};

use super::{
    Batch, Bytes, Durability, Key, StoreError,
    background::Background,
    chunks::{Chunk, ChunkRow, Chunks, Merge, over},
    folder::io_error,
    keeper::Flush,
    keys::{self, Family, Row},
    sealed,
};

/// A flush makes commits wait while the keyspace's new manifest is synced; a large memtable takes memory,
/// when a store is opened after a crash too.
const MEMTABLE_BYTES: u64 = 12 << 20;
/// Large values are not written to tables if they are gone before there are so many bytes of them.
const LARGE_MEMTABLE_BYTES: u64 = 48 << 20;
/// So large is the level into which new tables are merged before there is another one, as by fjall's
/// default.
const LEVEL_BYTES: u64 = 256 << 20;
/// So many new tables that are not merged make commits wait; at 30 fjall stops them by sleeping.
const UNMERGED_MAX: usize = 28;
/// What there is to merge is looked at whenever so much was written.
const LOOK_BYTES: u64 = 4 << 20;
/// The least fjall takes. All of it is replayed when a store is opened after a crash.
const JOURNAL_BYTES: u64 = 64 << 20;
/// Chunks are written to tables when there are so many bytes of them.
const CHUNKS_BYTES: usize = 16 << 20;
/// A family's table is to have so many bytes; what has less is carried over.
const TABLE_BYTES: usize = 8 << 20;
/// Commits wait while there are more than this.
const CHUNKS_MAX: usize = 4 * CHUNKS_BYTES;
/// A commit deletes the rows of so many earlier chunks at most that are in tables.
const CHUNKS_DELETED: usize = 64;
/// fjall's own thread only flushes; compaction is done [beside it](Background). If it did both, memtables
/// were not even rotated during a compaction, and two threads of fjall's hand each other the compaction that
/// one of them does, as long as it takes.
const WORKERS: usize = 1;

/// How many new tables of each family are merged together. Large values are found without looking through many,
/// and to merge them is to copy what will mostly be gone soon. The tables of names and requests hold keys of all
/// partitions, so a merge writes all of the level again. Of the others only what is young is written again:
/// twice fjall's default will do, which leaves more of a small machine's second core to commits.
const MERGED_TOGETHER: [u8; Family::ALL.len()] = [24, 8, 8, 16, 8, 8, 8, 16, 8];
/// The file without which fjall would take a folder for a new database.
const VERSION_FILE: &str = "version";

/// The rows: one database, one keyspace per family of tags.
pub(super) struct Rows {
    /// Bytes since there was a look at what there is to merge.
    written: AtomicU64,
    // The threads end before what they work on.
    /// Merges tables.
    merges: Background,
    /// Writes chunks to tables.
    moves: Background,
    path: PathBuf,
    database: Database,
    keyspaces: Vec<Keyspace>,
    chunks: Arc<Chunks>,
    /// Locked as long as a commit is under way.
    large: Mutex<Large>,
    stop: Stop,
}

impl Drop for Rows {
    fn drop(&mut self) {
        self.stop.set();
    }
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
            match Family::ALL
                .map(Family::name)
                .into_iter()
                .find(|name| !found.iter().any(|found| &**found == *name))
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
        let stop = Stop::default();
        let filter = stop.clone();
        // The engine asserts what a damaged file may break; a panic is one more damaged file.
        let database = panic::catch_unwind(|| {
            Database::builder(path)
                .with_compaction_filter_factories(Arc::new(move |_| Some(Arc::new(filter.clone()))))
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
        // longer than all the rest of a start. Those of tables that are neither merged yet nor opened again
        // are in the cache of blocks.
        let options = |memtable| {
            KeyspaceCreateOptions::default()
                .max_memtable_size(memtable)
                .compaction_strategy(Arc::new(never.clone()))
                .filter_block_pinning_policy(PinningPolicy::all(true))
        };
        let mut keyspaces = Vec::with_capacity(Family::ALL.len());
        for family in Family::ALL {
            let memtable = match family {
                Family::Large => LARGE_MEMTABLE_BYTES,
                _ => MEMTABLE_BYTES,
            };
            let keyspace = database.keyspace(family.name(), || options(memtable));
            keyspaces.push(keyspace.map_err(|error| failed("open", path, error))?);
        }
        let chunks = Arc::new(find_chunks(&keyspaces, path)?);
        let large = Large::find(keyspaces[Family::Large as usize].clone(), path)?;
        let failed = |source| io_error("start a thread for", path, source);
        let merges = compact(&database, keyspaces.clone(), path, stop.clone());
        let moves = move_chunks(&database, keyspaces.clone(), chunks.clone(), path);
        Ok(Self {
            written: AtomicU64::new(0),
            merges: Background::start("merges", merges).map_err(failed)?,
            moves: Background::start("moves", move || moves(CHUNKS_BYTES, TABLE_BYTES))
                .map_err(failed)?,
            path: path.to_owned(),
            keyspaces,
            database,
            chunks,
            large: Mutex::new(large),
            stop,
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
        mut batch: Batch,
        sequence: u64,
        durability: Durability,
    ) -> Result<(), StoreError> {
        let bytes = batch.bytes() as u64;
        if self.written.fetch_add(bytes, Ordering::Relaxed) + bytes >= LOOK_BYTES {
            self.written.store(0, Ordering::Relaxed);
            self.merges.ask(|| self.is_behind());
        }
        self.merges.check()?;
        self.moves.check()?;
        let mode = match durability {
            Durability::Sync => PersistMode::SyncAll,
            Durability::Buffered => PersistMode::Buffer,
        };
        // Mostly the chunk, the commit row, and what they make superfluous.
        let mut rows = self.batch(3, mode);
        let mut chunks = <[Chunk; Family::ALL.len()]>::default();
        let change = self.chunks.change(CHUNKS_DELETED);
        for (row, value) in change.put {
            rows.insert(self.family(Family::Chunks), row.key(), value);
        }
        for row in change.delete {
            rows.remove(self.family(Family::Chunks), row.key());
        }
        // As chunks are.
        batch.sort();
        let mut large = self.turn();
        for (key, value) in batch.iter() {
            let family = Family::of(key);
            if !family.is_chunked() {
                let keyspace = self.family(family);
                match value {
                    Some(value) => {
                        let value = sealed::seal(key, value.to_vec(), sequence);
                        rows.insert(keyspace, key, value);
                    }
                    None => rows.remove(keyspace, key),
                }
                continue;
            }
            let chunk = &mut chunks[family as usize];
            match value {
                Some(value) if value.len() >= LARGE_BYTES => {
                    let elsewhere = large.put(&mut rows, key, value, sequence);
                    chunk.push(key, Some(&elsewhere));
                }
                value => {
                    large.forget(&mut rows, key);
                    chunk.push_unsealed(key, value, sequence);
                }
            }
        }
        let chunked: usize = chunks.iter().map(|chunk| chunk.bytes().len()).sum();
        let row = ChunkRow {
            commit: sequence,
            carried: false,
        };
        if chunked > 0 {
            let key = row.key();
            let mut value = Bytes::with_capacity(chunked + sealed::SEAL_BYTES);
            for chunk in &chunks {
                value.extend_from_slice(chunk.bytes());
            }
            let value = sealed::seal(&key, value, sequence);
            rows.insert(self.family(Family::Chunks), key, value);
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
        })?;
        if chunked > 0 {
            self.chunks.add(row, chunks);
            if self.chunks.bytes() >= CHUNKS_BYTES {
                self.moves.ask(|| self.chunks.bytes() > CHUNKS_MAX);
            }
        }
        Ok(())
    }

    /// A row's payload and the commit that wrote it.
    pub(super) fn get(&self, key: &[u8]) -> Result<Option<(Bytes, u64)>, StoreError> {
        match self.look(key)? {
            Some((None, at)) => self.read_large(key, at),
            Some((Some(payload), sequence)) => Ok(Some((payload, sequence))),
            None => Ok(None),
        }
    }

    /// The same, without the payload if that is large.
    fn look(&self, key: &[u8]) -> Result<Option<(Option<Bytes>, u64)>, StoreError> {
        let unseal = |sealed: &[u8]| {
            let (payload, sequence) = sealed::unseal_row(key, sealed)?;
            Ok((payload.map(<[u8]>::to_vec), sequence))
        };
        let found = self.chunks.get(key, |value| value.map(unseal).transpose());
        if let Some(found) = found {
            return found;
        }
        let found = self
            .keyspace(key)
            .get(key)
            .map_err(|error| failed("read", &self.path, error))?;
        found.map(|sealed| unseal(&sealed)).transpose()
    }

    /// The large value of a row that commit `at` has written.
    fn read_large(&self, key: &[u8], at: u64) -> Result<Option<(Bytes, u64)>, StoreError> {
        let read = |at| large::read(self.family(Family::Large), &self.path, key, at);
        if let Some(found) = read(at)? {
            return Ok(Some(found));
        }
        // A commit has taken it away since, which is over when its turn is.
        let _turn = self.turn();
        match self.look(key)? {
            Some((None, at)) => {
                let missing = || corrupt("a large value that is missing", key);
                read(at)?.ok_or_else(missing).map(Some)
            }
            Some((Some(payload), sequence)) => Ok(Some((payload, sequence))),
            None => Ok(None),
        }
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
        for family in &Family::ALL[Family::of(from) as usize..=Family::of(to) as usize] {
            // What is in them is found where it belongs.
            if matches!(family, Family::Large | Family::Chunks) {
                continue;
            }
            // Taken before tables are read: what moves meanwhile is found in both, never in neither.
            let chunks = self.chunks.of(*family);
            let table = self.family(*family).range(from..to);
            let table = table.map(|row| row.into_inner());
            for row in over(Merge::new(&chunks, from, Some(to)), table) {
                if found.len() == limit {
                    return Ok(found);
                }
                let (key, sealed) = row.map_err(|error| failed("read", &self.path, error))?;
                let row = match sealed::unseal_row(&key, &sealed)? {
                    (Some(payload), sequence) => Some((payload.to_vec(), sequence)),
                    (None, at) => self.read_large(&key, at)?,
                };
                if let Some((payload, sequence)) = row {
                    found.push((key.to_vec(), payload, sequence));
                }
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

    /// Whether more tables are unmerged than reads should have to look through.
    fn is_behind(&self) -> bool {
        let unmerged = |keyspace: &Keyspace| keyspace.tree.l0_run_count() >= UNMERGED_MAX;
        self.keyspaces.iter().any(unmerged)
    }

    fn batch(&self, rows: usize, mode: PersistMode) -> OwnedWriteBatch {
        OwnedWriteBatch::with_capacity(self.database.clone(), rows).durability(Some(mode))
    }

    fn keyspace(&self, key: &[u8]) -> &Keyspace {
        self.family(Family::of(key))
    }

    fn family(&self, family: Family) -> &Keyspace {
        &self.keyspaces[family as usize]
    }

    /// The turn of a commit, or of who has to know that none is under way.
    fn turn(&self) -> MutexGuard<'_, Large> {
        self.large.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The chunks that an earlier life has left.
fn find_chunks(keyspaces: &[Keyspace], path: &Path) -> Result<Chunks, StoreError> {
    let chunks = Chunks::default();
    for row in keyspaces[Family::Chunks as usize].iter() {
        let (key, sealed) = row
            .into_inner()
            .map_err(|error| failed("read", path, error))?;
        let (bytes, commit) = sealed::unseal(&key, &sealed)?;
        let found = Chunk::read(bytes).and_then(|found| match Row::parse(&key)? {
            Row::Chunk { commit, carried } => Some((ChunkRow { commit, carried }, found)),
            _ => None,
        });
        match found {
            Some((row, found)) if row.commit == commit => chunks.add(row, found),
            _ => return Err(corrupt("the rows of a commit", &key)),
        }
    }
    Ok(chunks)
}

/// The payload of the commit row: what the engine's number of the batch is not below. Nothing else
/// vouches for that number, and a batch with a lower one is taken for one that tables have.
fn commit_row(floor: u64) -> Bytes {
    let mut row = Bytes::with_capacity(keys::COMMIT_ROW_BYTES + sealed::SEAL_BYTES);
    row.extend_from_slice(&floor.to_le_bytes());
    row
}

fn sync(database: &Database, path: &Path) -> Result<(), StoreError> {
    database
        .persist(PersistMode::SyncAll)
        .map_err(|error| failed("sync", path, error))
}

fn corrupt(what: &str, key: &[u8]) -> StoreError {
    StoreError::Corrupt {
        what: what.into(),
        key: Some(key.to_vec()),
        remedy: "restore the store from a backup",
    }
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
