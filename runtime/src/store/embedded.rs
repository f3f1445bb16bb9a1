//! The embedded store: the rows and what makes them safe.
//!
//! - every value is [`sealed`](super::sealed) and checked when it is read;
//! - the [`journal`](super::journal) is audited before it is replayed;
//! - a [`witness`](super::witness) outside the data says how far it must reach;
//! - free disk [`space`](super::space) is watched;
//! - an operating system [`lock`](super::lock) keeps the store to one process.

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use super::{
    Batch, Bytes, Caps, Durability, Key, OpenStore, Pressure, Store, StoreError, StoreOptions,
    fjall::Rows,
    folder::io_error,
    keeper::Keeper,
    lock::Lock,
    open::{self, Opened},
    space::SpaceGuard,
    witness::Testimony,
};

const CAPS: Caps = Caps {
    max_batch_bytes: 64 << 20,
    max_value_bytes: 16 << 20,
    max_key_bytes: 16 << 10,
};

struct EmbeddedStore {
    path: PathBuf,
    durability: Durability,
    space: SpaceGuard,
    was_clean: bool,
    sequence: AtomicU64,
    /// Commits come one after the other, in the order of the calls.
    committing: Mutex<()>,
    /// `None` when the life is over; then the lock is free too, whoever still has the handle.
    life: RwLock<Option<Life>>,
}

/// What a life holds; dropped in this order, the lock last.
struct Life {
    keeper: Keeper,
    rows: Rows,
    _lock: Lock,
}

impl OpenStore for StoreOptions {
    fn open(&self) -> Result<Arc<dyn Store>, StoreError> {
        let Opened {
            rows,
            witness,
            lock,
            sequence,
            was_clean,
        } = open::open(self)?;
        let flush = match self.durability {
            Durability::Sync => None,
            Durability::Buffered => Some(rows.flush()),
        };
        let keeper = Keeper::start(witness, sequence, flush)
            .map_err(|source| io_error("start a thread for", &self.path, source))?;
        Ok(Arc::new(EmbeddedStore {
            path: self.path.clone(),
            durability: self.durability,
            space: SpaceGuard::new(&self.path, self.space),
            was_clean,
            sequence: AtomicU64::new(sequence),
            committing: Mutex::new(()),
            life: RwLock::new(Some(Life {
                keeper,
                rows,
                _lock: lock,
            })),
        }))
    }
}

impl EmbeddedStore {
    fn with_rows<T>(
        &self,
        read: impl FnOnce(&Rows) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let life = self.life.read().unwrap_or_else(PoisonError::into_inner);
        read(&life.as_ref().ok_or(StoreError::Closed)?.rows)
    }

    fn take_life(&self) -> Option<Life> {
        self.life
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    fn commit_to(&self, life: &Life, batch: Batch) -> Result<u64, StoreError> {
        batch.check(CAPS)?;
        self.space.admit_commit(batch.bytes())?;
        life.keeper.begin()?;
        let begun = Instant::now();
        let sequence = self.sequence() + 1;
        life.rows.commit(batch, sequence, self.durability)?;
        self.sequence.store(sequence, Ordering::Release);
        life.keeper.end(sequence);
        metrics::histogram!("undying_store_commit_seconds").record(begun.elapsed());
        Ok(sequence)
    }

    /// A row of a commit that was never made has come from another history of the store.
    fn check_sequence(&self, key: &[u8], sequence: u64) -> Result<(), StoreError> {
        // A reader may see the rows of a durable commit just before its number is published.
        if sequence <= self.sequence() + 1 {
            return Ok(());
        }
        Err(StoreError::Corrupt {
            what: format!("a value written by commit {sequence}, which is not in the store,"),
            key: Some(key.to_vec()),
            remedy: "restore the store from a backup; the row is never served as it is",
        })
    }
}

impl Store for EmbeddedStore {
    fn caps(&self) -> Caps {
        CAPS
    }

    fn sequence(&self) -> u64 {
        self.sequence.load(Ordering::Acquire)
    }

    fn commit(&self, batch: Batch) -> Result<u64, StoreError> {
        let _turn = self
            .committing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let result = {
            let life = self.life.read().unwrap_or_else(PoisonError::into_inner);
            let life = life.as_ref().ok_or(StoreError::Closed)?;
            if batch.is_empty() {
                return Ok(self.sequence());
            }
            self.commit_to(life, batch)
        };
        if let Err(error) = &result
            && !error.is_refusal()
        {
            tracing::error!(%error, "a commit failed; this life of the store is over");
            drop(self.take_life());
        }
        result
    }

    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        let Some((value, sequence)) = self.with_rows(|rows| rows.get(key))? else {
            return Ok(None);
        };
        self.check_sequence(key, sequence)?;
        Ok(Some(value))
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<(Key, Bytes)>, StoreError> {
        self.with_rows(|rows| rows.scan(from, to, limit))?
            .into_iter()
            .map(|(key, value, sequence)| {
                self.check_sequence(&key, sequence)?;
                Ok((key, value))
            })
            .collect()
    }

    fn pressure(&self) -> Pressure {
        self.space.pressure()
    }

    fn was_clean(&self) -> bool {
        self.was_clean
    }

    fn close(&self) -> Result<(), StoreError> {
        let _turn = self
            .committing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let Life {
            keeper,
            rows,
            _lock,
        } = self.take_life().ok_or(StoreError::Closed)?;
        let witness = keeper.stop();
        rows.sync()?;
        drop(rows);
        let gone = || {
            io_error(
                "write the witness of",
                &self.path,
                std::io::Error::other("its thread is gone"),
            )
        };
        witness.ok_or_else(gone)?.record(Testimony {
            sequence: self.sequence(),
            clean: true,
            buffered: self.durability == Durability::Buffered,
        })
    }
}
