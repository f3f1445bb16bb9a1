//! `Watch`: a disk in memory that counts the places where a process can die, and has it die at some.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::chance::Chance;
use super::pool::Label;
use crate::core::told;
use crate::store::memory::MemoryDisk;
use crate::store::{Batch, Bytes, Caps, Key, OpenStore, Pressure, Store, StoreError};

/// A place where a process can die.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Before this commit was durable: what happened since the one before is lost.
    BeforeCommit(Commit),
    /// After this commit was durable, and before anybody was told.
    AfterCommit(Commit),
    /// Before this attempt of an activity began; its request is durable.
    BeforeAttempt(String),
    /// After this attempt of an activity had run, and before that was durable.
    AfterAttempt(String),
}

/// One commit, counted from 1, and what it tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Commit {
    /// Its number.
    pub(super) number: u64,
    /// What happened in it, an instance a line.
    pub(super) tells: Vec<String>,
}

impl fmt::Display for Commit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "commit {}", self.number)?;
        if self.tells.is_empty() {
            return f.write_str(", which no history tells of");
        }
        f.write_str(", in which")?;
        for line in &self.tells {
            write!(f, "\n      {line}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::BeforeCommit(commit) => write!(f, "before {commit}"),
            Place::AfterCommit(commit) => write!(f, "right after {commit}"),
            Place::BeforeAttempt(attempt) => write!(f, "before {attempt} began"),
            Place::AfterAttempt(attempt) => {
                write!(f, "after {attempt} had run, before that was durable")
            }
        }
    }
}

/// When the process is to die.
#[derive(Clone, Debug)]
pub(super) enum Deaths {
    Never,
    /// At the place of this number, once.
    At(u64),
    /// At any, at most so many times, each with a chance of one in so many.
    Any {
        left: u32,
        one_in: u64,
    },
}

#[derive(Debug)]
struct Inner {
    deaths: Deaths,
    chance: Chance,
    commits: u64,
    attempts: u64,
    places: u64,
    /// Where the present process died.
    died: Option<Place>,
    /// Changes with all that was decided and done.
    trace: u64,
}

/// See the module. Cloning gives another name of the same.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    disk: MemoryDisk,
    inner: Arc<Mutex<Inner>>,
}

/// How many places there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) commits: u64,
    pub(super) attempts: u64,
    pub(super) places: u64,
}

impl Watch {
    pub(super) fn new(deaths: Deaths, seed: u64) -> Self {
        Watch {
            disk: MemoryDisk::new(),
            inner: Arc::new(Mutex::new(Inner {
                deaths,
                chance: Chance::new(seed),
                commits: 0,
                attempts: 0,
                places: 0,
                died: None,
                trace: 0xcbf2_9ce4_8422_2325,
            })),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn counted(&self) -> Counted {
        let inner = self.lock();
        Counted {
            commits: inner.commits,
            attempts: inner.attempts,
            places: inner.places,
        }
    }

    pub(super) fn trace(&self) -> u64 {
        self.lock().trace
    }

    /// Notes what was chosen.
    pub(super) fn chose(&self, what: u64) {
        self.lock().hash(&what.to_le_bytes());
    }

    /// Whether the present process has died.
    pub(super) fn has_died(&self) -> bool {
        self.lock().died.is_some()
    }

    /// Where it died; the next one may begin.
    pub(super) fn bury(&self) -> Option<Place> {
        self.disk.crash();
        self.lock().died.take()
    }

    /// An attempt is about to begin. Returns whether the process dies instead.
    pub(super) fn attempt_begins(&self, label: &Label) -> bool {
        let mut inner = self.lock();
        inner.attempts += 1;
        inner.hash(label.to_string().as_bytes());
        inner.at(|| Place::BeforeAttempt(label.to_string()))
    }

    /// An attempt has run. Returns whether the process dies.
    pub(super) fn attempt_ran(&self, label: &Label) -> bool {
        self.lock().at(|| Place::AfterAttempt(label.to_string()))
    }
}

impl Inner {
    fn hash(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.trace = (self.trace ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    /// This is the next place. Returns whether the process has died.
    fn at(&mut self, place: impl FnOnce() -> Place) -> bool {
        if self.died.is_some() {
            return true;
        }
        self.places += 1;
        let dies = match &mut self.deaths {
            Deaths::Never => false,
            Deaths::At(at) => *at == self.places,
            Deaths::Any { left, one_in } => {
                let dies = *left > 0 && self.chance.one_in(*one_in);
                *left -= u32::from(dies);
                dies
            }
        };
        if dies {
            let place = place();
            self.hash(place.to_string().as_bytes());
            self.died = Some(place);
        }
        dies
    }
}

impl OpenStore for Watch {
    fn open(&self) -> Result<Arc<dyn Store>, StoreError> {
        if self.has_died() {
            return Err(StoreError::Closed);
        }
        Ok(Arc::new(Watched {
            store: self.disk.open()?,
            watch: self.clone(),
        }))
    }
}

/// A life of a [`Watch`].
struct Watched {
    store: Arc<dyn Store>,
    watch: Watch,
}

impl Watched {
    fn alive(&self) -> Result<&dyn Store, StoreError> {
        match self.watch.has_died() {
            true => Err(StoreError::Closed),
            false => Ok(self.store.as_ref()),
        }
    }

    fn tells(&self, batch: &Batch) -> Vec<String> {
        let told = told(batch, |key| self.store.get(key).ok().flatten());
        let line = |(id, entries): (String, Vec<String>)| match entries.is_empty() {
            true => format!("`{id}` is written"),
            false => format!("`{id}`: {}", entries.join("; ")),
        };
        told.into_iter().map(line).collect()
    }
}

impl Store for Watched {
    fn caps(&self) -> Caps {
        self.store.caps()
    }

    fn sequence(&self) -> u64 {
        self.store.sequence()
    }

    fn commit(&self, batch: Batch) -> Result<u64, StoreError> {
        self.alive()?;
        if batch.is_empty() {
            return self.store.commit(batch);
        }
        let mut inner = self.watch.lock();
        inner.commits += 1;
        let number = inner.commits;
        for (key, value) in batch.iter() {
            inner.hash(key);
            inner.hash(value.unwrap_or_default());
        }
        let commit = || Commit {
            number,
            tells: self.tells(&batch),
        };
        if inner.at(|| Place::BeforeCommit(commit())) {
            return Err(StoreError::Closed);
        }
        let dies = inner.at(|| Place::AfterCommit(commit()));
        drop(inner);
        let sequence = self.store.commit(batch)?;
        match dies {
            true => Err(StoreError::Closed),
            false => Ok(sequence),
        }
    }

    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        self.alive()?.get(key)
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<(Key, Bytes)>, StoreError> {
        self.alive()?.scan(from, to, limit)
    }

    fn pressure(&self) -> Pressure {
        self.store.pressure()
    }

    fn was_clean(&self) -> bool {
        self.store.was_clean()
    }

    fn close(&self) -> Result<(), StoreError> {
        self.alive()?.close()
    }
}
