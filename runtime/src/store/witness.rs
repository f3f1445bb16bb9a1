//! The witness: a small file beside the data that remembers how far the data must reach.
//!
//! Two slots, written in turn and synced, so that one is whole whatever happens. Each says which
//! commit was durable and whether the life ended cleanly. If the data is found to end before that
//! commit, acknowledged commits are gone and the store is not opened silently.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use super::{StoreError, folder::io_error};

const MAGIC: [u8; 8] = *b"undyingW";
const FORMAT: u32 = 1;
/// The slots lie in different blocks, so that a torn write harms one of them at most.
const SLOT_STRIDE: usize = 4096;
const SLOT_BYTES: usize = 33;
const CLEAN: u8 = 1;
const BUFFERED: u8 = 2;

/// What a witness says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Testimony {
    /// A commit that was durable.
    pub(super) sequence: u64,
    /// Whether the life ended with a clean close after exactly that commit.
    pub(super) clean: bool,
    /// Whether later commits of the life were not synced one by one.
    pub(super) buffered: bool,
}

/// The open witness file.
#[derive(Debug)]
pub(super) struct Witness {
    file: File,
    path: PathBuf,
    generation: u64,
}

impl Witness {
    /// Writes a new file, in place of any there is. It is durable once its folder is synced.
    pub(super) fn create(path: &Path, first: Testimony) -> Result<Self, StoreError> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .read(true)
            .open(path)
            .map_err(|source| io_error("create", path, source))?;
        let mut witness = Self {
            file,
            path: path.to_owned(),
            generation: 0,
        };
        witness
            .file
            .set_len(2 * SLOT_STRIDE as u64)
            .and_then(|()| witness.file.sync_all())
            .map_err(|source| io_error("create", path, source))?;
        // Both slots are written, so that no later damage can look like a new file.
        witness.record(first)?;
        witness.record(first)?;
        Ok(witness)
    }

    /// Opens the file; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`] if neither slot is whole, [`StoreError::Incompatible`] if a later
    /// program wrote it.
    pub(super) fn open(path: &Path) -> Result<Option<(Self, Testimony)>, StoreError> {
        let mut file = match OpenOptions::new().read(true).write(true).open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(io_error("open", path, source)),
        };
        let mut bytes = Vec::with_capacity(2 * SLOT_STRIDE);
        (&mut file)
            .take(2 * SLOT_STRIDE as u64)
            .read_to_end(&mut bytes)
            .map_err(|source| io_error("read", path, source))?;
        let slots = [0, SLOT_STRIDE].map(|at| bytes.get(at..).and_then(Slot::decode));
        let Some(newest) = slots.into_iter().flatten().max_by_key(|s| s.generation) else {
            return Err(StoreError::Corrupt {
                what: format!("the witness file {}", path.display()),
                key: None,
                remedy: "restore the store from a backup, or open it once with \
                         accept_data_loss to write a new witness of what is there",
            });
        };
        if newest.format != FORMAT {
            return Err(StoreError::Incompatible {
                path: path.to_owned(),
                what: "witness format",
                found: newest.format.into(),
                expected: FORMAT.into(),
                remedy: "use the version of the program that wrote it",
            });
        }
        let witness = Self {
            file,
            path: path.to_owned(),
            generation: newest.generation,
        };
        Ok(Some((witness, newest.testimony)))
    }

    /// Replaces the older testimony; durable when it returns.
    pub(super) fn record(&mut self, testimony: Testimony) -> Result<(), StoreError> {
        let generation = self.generation + 1;
        let slot = Slot {
            format: FORMAT,
            generation,
            testimony,
        };
        let at = (generation % 2) * SLOT_STRIDE as u64;
        self.file
            .seek(SeekFrom::Start(at))
            .and_then(|_| self.file.write_all(&slot.encode()))
            .and_then(|()| self.file.sync_data())
            .map_err(|source| io_error("write", &self.path, source))?;
        self.generation = generation;
        Ok(())
    }
}

#[derive(Debug, PartialEq)]
struct Slot {
    format: u32,
    generation: u64,
    testimony: Testimony,
}

impl Slot {
    fn encode(&self) -> Vec<u8> {
        let flags =
            u8::from(self.testimony.clean) * CLEAN + u8::from(self.testimony.buffered) * BUFFERED;
        let mut bytes = Vec::with_capacity(SLOT_BYTES);
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&self.format.to_le_bytes());
        bytes.extend_from_slice(&self.generation.to_le_bytes());
        bytes.extend_from_slice(&self.testimony.sequence.to_le_bytes());
        bytes.push(flags);
        bytes.extend_from_slice(&crc32fast::hash(&bytes).to_le_bytes());
        bytes
    }

    /// `None` if the bytes are not a whole slot, of whatever format.
    fn decode(bytes: &[u8]) -> Option<Self> {
        let slot: &[u8; SLOT_BYTES] = bytes.first_chunk()?;
        let (body, crc) = slot.split_last_chunk()?;
        if crc32fast::hash(body) != u32::from_le_bytes(*crc) {
            return None;
        }
        let (magic, rest) = body.split_first_chunk()?;
        let (format, rest) = rest.split_first_chunk()?;
        let (generation, rest) = rest.split_first_chunk()?;
        let (sequence, rest) = rest.split_first_chunk()?;
        let flags = *rest.first()?;
        (*magic == MAGIC).then(|| Self {
            format: u32::from_le_bytes(*format),
            generation: u64::from_le_bytes(*generation),
            testimony: Testimony {
                sequence: u64::from_le_bytes(*sequence),
                clean: flags & CLEAN != 0,
                buffered: flags & BUFFERED != 0,
            },
        })
    }
}

/// Whether these bytes begin with a whole slot.
pub(super) fn is_slot(bytes: &[u8]) -> bool {
    let Some(slot) = Slot::decode(bytes) else {
        return false;
    };
    assert_eq!(Slot::decode(&slot.encode()).as_ref(), Some(&slot));
    true
}

/// The bytes of a slot.
pub(super) fn a_slot() -> Vec<u8> {
    let testimony = Testimony {
        sequence: 7,
        clean: true,
        buffered: false,
    };
    let slot = Slot {
        format: FORMAT,
        generation: 3,
        testimony,
    };
    slot.encode()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(sequence: u64, clean: bool) -> Testimony {
        Testimony {
            sequence,
            clean,
            buffered: false,
        }
    }

    fn damage(path: &Path, offset: usize) {
        let mut bytes = std::fs::read(path).unwrap();
        bytes[offset] ^= 1;
        std::fs::write(path, bytes).unwrap();
    }

    #[test]
    fn the_last_testimony_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("witness");
        let mut witness = Witness::create(&path, at(0, false)).unwrap();
        for sequence in 1..5 {
            witness.record(at(sequence, sequence == 4)).unwrap();
            let (_, found) = Witness::open(&path).unwrap().unwrap();
            assert_eq!(found, at(sequence, sequence == 4));
        }
    }

    #[test]
    fn whether_commits_are_synced_one_by_one_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("witness");
        for buffered in [true, false] {
            let said = Testimony {
                buffered,
                ..at(3, false)
            };
            Witness::create(&path, said).unwrap();
            assert_eq!(Witness::open(&path).unwrap().unwrap().1, said);
        }
    }

    #[test]
    fn a_witness_that_cannot_be_opened_is_not_taken_for_a_missing_one() {
        let folder = tempfile::tempdir().unwrap();
        let error = Witness::open(folder.path()).unwrap_err();
        assert!(matches!(error, StoreError::Io { .. }), "{error}");
    }

    #[test]
    fn a_torn_slot_leaves_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("witness");
        let mut witness = Witness::create(&path, at(0, false)).unwrap();
        witness.record(at(7, false)).unwrap();
        witness.record(at(8, true)).unwrap();
        let newest = (witness.generation % 2) as usize * SLOT_STRIDE;
        damage(&path, newest + 20);
        let (mut witness, found) = Witness::open(&path).unwrap().unwrap();
        assert_eq!(found, at(7, false));
        witness.record(at(9, false)).unwrap();
        assert_eq!(Witness::open(&path).unwrap().unwrap().1, at(9, false));
    }

    #[test]
    fn damage_to_both_slots_is_reported_with_a_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("witness");
        Witness::create(&path, at(3, true)).unwrap();
        damage(&path, 20);
        damage(&path, SLOT_STRIDE + 20);
        let error = Witness::open(&path).unwrap_err();
        assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
        assert!(error.to_string().contains("accept_data_loss"), "{error}");
    }

    #[test]
    fn a_witness_of_a_later_format_is_refused_by_number() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("witness");
        let slot = Slot {
            format: 9,
            generation: 1,
            testimony: at(3, true),
        };
        std::fs::write(&path, slot.encode()).unwrap();
        let error = Witness::open(&path).unwrap_err();
        assert!(
            matches!(error, StoreError::Incompatible { found: 9, .. }),
            "{error}"
        );
    }

    #[test]
    fn no_file_is_no_witness() {
        let folder = tempfile::tempdir().unwrap();
        assert!(
            Witness::open(&folder.path().join("none"))
                .unwrap()
                .is_none()
        );
    }
}
