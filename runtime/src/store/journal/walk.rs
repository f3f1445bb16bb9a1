//! Reading a journal batch by batch, in the LSM engine's format (its version 3).
//!
//! ```text
//! batch   = start item* end          numbers are little endian
//! start   = 1, items u32, seqno u64
//! item    = 2, kind u8, compression u8, keyspace u64,
//!           key length u16, value length u32, stored length u32, key, stored value
//!         | 4, keyspace u64          (a keyspace was cleared)
//! end     = 3, xxh3 of the items u64, "FJL", 3
//! ```
//!
//! Behind the last batch the file is preallocated zeros. No checksum covers a start, but the commit row
//! of a batch has the number that the engine was to give next when it was begun: see [`BatchAt::floor`].

use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
};

use xxhash_rust::xxh3::Xxh3;

use crate::store::{keys, sealed};

pub(super) const START: u8 = 1;
const ITEM: u8 = 2;
const END: u8 = 3;
const CLEAR: u8 = 4;
/// The bytes of an end marker, and its last four.
pub(super) const END_BYTES: usize = 13;
pub(super) const TRAILER: [u8; 4] = *b"FJL\x03";
/// An item without its tag, key and value.
const ITEM_HEADER: usize = 20;

/// A whole batch.
#[derive(Debug)]
pub(super) struct BatchAt {
    pub(super) seqno: u64,
    /// The number of the commit; the batch that creates the store has none.
    pub(super) commit: Option<u64>,
    /// What the sequence number is not below; only the batch that creates the store does not say it.
    pub(super) floor: Option<u64>,
    /// Where it ends in the file.
    pub(super) end: u64,
}

#[derive(Debug)]
pub(super) struct Walk<R = BufReader<File>> {
    file: R,
    at: u64,
    len: u64,
    row: Vec<u8>,
    commit_key: Vec<u8>,
}

impl Walk {
    pub(super) fn open(journal: &Path) -> io::Result<Self> {
        let file = File::open(journal)?;
        let len = file.metadata()?.len();
        Ok(Self::over(BufReader::with_capacity(256 << 10, file), len))
    }
}

impl<R: Read> Walk<R> {
    /// Reads a journal of this length.
    pub(super) fn over(file: R, len: u64) -> Self {
        Self {
            file,
            at: 0,
            len,
            row: Vec::new(),
            commit_key: keys::COMMIT_ROW.key(),
        }
    }

    /// The next batch; `None` where no whole one follows.
    pub(super) fn batch(&mut self) -> io::Result<Option<BatchAt>> {
        match self.whole_batch() {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            other => other,
        }
    }

    fn whole_batch(&mut self) -> io::Result<Option<BatchAt>> {
        if self.byte()? != START {
            return Ok(None);
        }
        let items = u32::from_le_bytes(self.array()?);
        let seqno = u64::from_le_bytes(self.array()?);
        let mut hash = Xxh3::new();
        let mut row = None;
        for _ in 0..items {
            match self.byte()? {
                ITEM => match self.item(&mut hash)? {
                    Some(commit) => row = commit.or(row),
                    None => return Ok(None),
                },
                CLEAR => {
                    let keyspace: [u8; 8] = self.array()?;
                    hash.update(&[CLEAR]);
                    hash.update(&keyspace);
                }
                _ => return Ok(None),
            }
        }
        let is_end = self.byte()? == END
            && u64::from_le_bytes(self.array()?) == hash.digest()
            && self.array()? == TRAILER;
        Ok(is_end.then_some(BatchAt {
            seqno,
            commit: row.map(|(commit, _)| commit),
            floor: row.map(|(_, floor)| floor),
            end: self.at,
        }))
    }

    /// One row: its commit and floor if it is the commit row; `None` if it is not whole.
    fn item(&mut self, hash: &mut Xxh3) -> io::Result<Option<Option<(u64, u64)>>> {
        let header: [u8; ITEM_HEADER] = self.array()?;
        let [.., k0, k1, _, _, _, _, s0, s1, s2, s3] = header;
        let key_len = usize::from(u16::from_le_bytes([k0, k1]));
        let stored = u32::from_le_bytes([s0, s1, s2, s3]) as usize;
        // Lengths that were damaged must not make this allocate what the file cannot hold.
        if (key_len + stored) as u64 > self.len - self.at {
            return Ok(None);
        }
        self.row.resize(key_len + stored, 0);
        self.file.read_exact(&mut self.row)?;
        self.at += self.row.len() as u64;
        hash.update(&[ITEM]);
        hash.update(&header);
        hash.update(&self.row);
        let (key, value) = self.row.split_at(key_len);
        if key != self.commit_key {
            return Ok(Some(None));
        }
        Ok(Some(commit_row(key, value)))
    }

    fn byte(&mut self) -> io::Result<u8> {
        self.array().map(|[byte]: [u8; 1]| byte)
    }

    fn array<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.read(&mut bytes)?;
        Ok(bytes)
    }

    fn read(&mut self, into: &mut [u8]) -> io::Result<()> {
        self.file.read_exact(into)?;
        self.at += into.len() as u64;
        Ok(())
    }
}

/// The commit that a row tells, and what the sequence number of its batch is not below.
fn commit_row(key: &[u8], value: &[u8]) -> Option<(u64, u64)> {
    let (floor, commit) = sealed::unseal(key, value).ok()?;
    Some((commit, u64::from_le_bytes(floor.try_into().ok()?)))
}
