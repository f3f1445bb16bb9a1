//! The store in memory, for tests and simulation: it crashes and fails on command.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    ops::Bound,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{Batch, Bytes, Caps, Key, OpenStore, Pressure, Store, StoreError};

/// What a commit that was told to fail does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It answers [`StoreError::Unknown`]; the batch is lost.
    Lost,
    /// It answers [`StoreError::Unknown`]; the batch is there after reopening.
    Landed,
    /// It answers [`StoreError::OutOfSpace`]; nothing happened and the life goes on.
    Full,
}

/// A disk in memory: what survives a crash. Cloning gives another name of the same disk.
#[derive(Clone, Debug, Default)]
pub struct MemoryDisk(Arc<Mutex<Disk>>);

#[derive(Debug)]
struct Disk {
    rows: BTreeMap<Key, Bytes>,
    sequence: u64,
    /// The life that may use the disk; 0 is none.
    life: u64,
    lives: u64,
    clean: bool,
    faults: VecDeque<(u64, Fault)>,
    damaged: BTreeSet<Key>,
    pressure: Pressure,
    caps: Caps,
}

impl Default for Disk {
    fn default() -> Self {
        Self {
            rows: BTreeMap::new(),
            sequence: 0,
            life: 0,
            lives: 0,
            clean: true,
            faults: VecDeque::new(),
            damaged: BTreeSet::new(),
            pressure: Pressure::None,
            caps: Caps {
                max_batch_bytes: 64 << 20,
                max_value_bytes: 16 << 20,
                max_key_bytes: 16 << 10,
            },
        }
    }
}

impl MemoryDisk {
    /// An empty disk.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty disk with limits of the test's choice.
    pub fn with_caps(caps: Caps) -> Self {
        let disk = Self::new();
        disk.lock().caps = caps;
        disk
    }

    /// Ends the present life as `kill -9` would: what was committed stays, the old handle answers
    /// [`StoreError::Closed`], and the next life is told that this one was not clean.
    pub fn crash(&self) {
        self.lock().life = 0;
    }

    /// Makes the commit that would get number `sequence` fail once, in this life or a later one.
    /// Several faults may be planned.
    pub fn fail_commit(&self, sequence: u64, fault: Fault) {
        self.lock().faults.push_back((sequence, fault));
    }

    /// Makes reading this row answer [`StoreError::Corrupt`], until it is written again.
    pub fn damage(&self, key: Key) {
        self.lock().damaged.insert(key);
    }

    /// Makes [`Store::pressure`] answer this; [`Pressure::Stop`] also refuses commits.
    pub fn set_pressure(&self, pressure: Pressure) {
        self.lock().pressure = pressure;
    }

    /// The number of the last durable commit, whoever holds the disk.
    pub fn sequence(&self) -> u64 {
        self.lock().sequence
    }

    /// A copy of every row, whoever holds the disk: for a test's invariants.
    pub fn rows(&self) -> BTreeMap<Key, Bytes> {
        self.lock().rows.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Disk> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OpenStore for MemoryDisk {
    fn open(&self) -> Result<Arc<dyn Store>, StoreError> {
        let mut disk = self.lock();
        if disk.life != 0 {
            return Err(StoreError::Locked {
                path: "memory".into(),
                by: Some(std::process::id()),
            });
        }
        disk.lives += 1;
        disk.life = disk.lives;
        let was_clean = std::mem::replace(&mut disk.clean, false);
        Ok(Arc::new(MemoryStore {
            disk: self.clone(),
            life: disk.life,
            was_clean,
            caps: disk.caps,
            sequence: AtomicU64::new(disk.sequence),
        }))
    }
}

/// One life of a [`MemoryDisk`].
#[derive(Debug)]
struct MemoryStore {
    disk: MemoryDisk,
    life: u64,
    was_clean: bool,
    caps: Caps,
    /// The last number this life was told or told of: a later life's are none of its business.
    sequence: AtomicU64,
}

impl MemoryStore {
    fn alive(&self) -> Result<MutexGuard<'_, Disk>, StoreError> {
        let disk = self.disk.lock();
        if disk.life == self.life {
            Ok(disk)
        } else {
            Err(StoreError::Closed)
        }
    }
}

impl Disk {
    fn take_fault(&mut self, sequence: u64) -> Option<Fault> {
        let at = self.faults.iter().position(|(at, _)| *at == sequence)?;
        self.faults.remove(at).map(|(_, fault)| fault)
    }

    fn check(&self, key: &[u8]) -> Result<(), StoreError> {
        if !self.damaged.contains(key) {
            return Ok(());
        }
        Err(StoreError::Corrupt {
            what: "a row".to_owned(),
            key: Some(key.to_vec()),
            remedy: "write it again",
        })
    }

    fn apply(&mut self, batch: Batch) {
        for (key, value) in batch.iter() {
            self.damaged.remove(key);
            match value {
                Some(value) => self.rows.insert(key.to_vec(), value.to_vec()),
                None => self.rows.remove(key),
            };
        }
        self.sequence += 1;
    }
}

impl Store for MemoryStore {
    fn caps(&self) -> Caps {
        self.caps
    }

    fn sequence(&self) -> u64 {
        self.sequence.load(Ordering::Acquire)
    }

    fn commit(&self, batch: Batch) -> Result<u64, StoreError> {
        let mut disk = self.alive()?;
        if batch.is_empty() {
            return Ok(disk.sequence);
        }
        batch.check(disk.caps)?;
        let out_of_space = |free, needed| StoreError::OutOfSpace {
            path: "memory".into(),
            free,
            needed,
        };
        if let Pressure::Stop { free, needed } = disk.pressure {
            return Err(out_of_space(free, needed));
        }
        let sequence = disk.sequence + 1;
        match disk.take_fault(sequence) {
            None => {
                disk.apply(batch);
                self.sequence.store(sequence, Ordering::Release);
                Ok(sequence)
            }
            Some(Fault::Full) => Err(out_of_space(0, 1)),
            Some(fault) => {
                if fault == Fault::Landed {
                    disk.apply(batch);
                }
                disk.life = 0;
                Err(StoreError::Unknown {
                    sequence,
                    source: "a planned fault".into(),
                })
            }
        }
    }

    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        let disk = self.alive()?;
        disk.check(key)?;
        Ok(disk.rows.get(key).cloned())
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<(Key, Bytes)>, StoreError> {
        let disk = self.alive()?;
        if from >= to {
            return Ok(Vec::new());
        }
        let range = (Bound::Included(from), Bound::Excluded(to));
        disk.rows
            .range::<[u8], _>(range)
            .take(limit)
            .map(|(key, value)| {
                disk.check(key)?;
                Ok((key.clone(), value.clone()))
            })
            .collect()
    }

    fn pressure(&self) -> Pressure {
        self.disk.lock().pressure
    }

    fn was_clean(&self) -> bool {
        self.was_clean
    }

    fn close(&self) -> Result<(), StoreError> {
        let mut disk = self.alive()?;
        disk.clean = true;
        disk.life = 0;
        Ok(())
    }
}

impl Drop for MemoryStore {
    fn drop(&mut self) {
        let mut disk = self.disk.lock();
        if disk.life == self.life {
            disk.life = 0;
        }
    }
}
