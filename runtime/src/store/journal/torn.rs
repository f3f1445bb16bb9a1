//! What stands behind the last whole batch of a journal: nothing, a torn end, or damage.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

use super::walk::{END_BYTES, START, TRAILER};
use crate::planted::planted;
use crate::store::{keys, sealed, witness::Testimony};

const CHUNK: usize = 64 << 10;
/// The smallest piece a disk writes whole.
const SECTOR: usize = 512;

/// The bytes from the end of the last whole batch to the last that is not zero.
#[derive(Debug)]
pub(super) struct Rest {
    from: u64,
    bytes: Vec<u8>,
}

impl Rest {
    pub(super) fn read(journal: &Path, from: u64) -> io::Result<Self> {
        let mut file = File::open(journal)?;
        file.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        let mut chunk = vec![0; CHUNK];
        let zeros = vec![0; CHUNK];
        let mut gap = 0;
        loop {
            let read = file.read(&mut chunk)?;
            if read == 0 {
                break;
            }
            // Preallocated space is long; it is kept only if something follows it.
            if chunk[..read] == zeros[..read] {
                gap += read;
            } else {
                bytes.resize(bytes.len() + std::mem::take(&mut gap), 0);
                bytes.extend_from_slice(&chunk[..read]);
            }
        }
        Ok(Self::new(from, bytes))
    }

    pub(super) fn new(from: u64, mut bytes: Vec<u8>) -> Self {
        let used = bytes.iter().rposition(|byte| *byte != 0);
        bytes.truncate(used.map_or(0, |last| last + 1));
        Self { from, bytes }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(super) fn end(&self) -> u64 {
        self.from + self.bytes.len() as u64
    }

    /// Whether this can be what is left of one batch that was never acknowledged, `last` being
    /// the commit before it.
    pub(super) fn is_torn_end(&self, last: Option<u64>, witness: Testimony) -> bool {
        let key = keys::COMMIT_ROW.key();
        let commits = sealed::find(&key, keys::COMMIT_ROW_BYTES, &self.bytes);
        let commits: Vec<(usize, u64)> = commits.collect();
        if commits
            .iter()
            .any(|(_, commit)| *commit <= witness.sequence)
        {
            return false;
        }
        if witness.buffered {
            // Without a sync between them, a power loss may tear several commits in any order;
            // those that were synced are known to the witness.
            return true;
        }
        // A commit begins when the one before it is durable: two rows, or a gap in the numbers,
        // and the first of them was acknowledged.
        let follows = |commit| last.is_none_or(|last| commit == last + 1);
        if commits.len() > 1 || !commits.iter().all(|(_, commit)| follows(*commit)) {
            return false;
        }
        self.begins() && !self.is_complete(&commits)
            || self.has_unwritten_sector()
            || planted!(TornEndAccepted)
    }

    /// A batch is written from its start on.
    fn begins(&self) -> bool {
        self.bytes.first() == Some(&START)
    }

    /// Whether the batch was written to its end, as a process that dies while it writes it does
    /// not. Either sign is enough, since damage may have hit the other.
    fn is_complete(&self, commits: &[(usize, u64)]) -> bool {
        let room_for_end_marker = commits
            .last()
            .is_some_and(|(row_end, _)| self.bytes.len() >= row_end + END_BYTES);
        room_for_end_marker || self.bytes.ends_with(&TRAILER)
    }

    /// A power loss while a batch is synced leaves sectors of it as they were: zero.
    fn has_unwritten_sector(&self) -> bool {
        let lead = (SECTOR - (self.from % SECTOR as u64) as usize).min(self.bytes.len());
        let (first, sectors) = self.bytes.split_at(lead);
        let is_zero = |bytes: &[u8]| bytes.iter().all(|byte| *byte == 0);
        is_zero(first) || sectors.chunks_exact(SECTOR).any(is_zero)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SYNCED: Testimony = Testimony {
        sequence: 5,
        clean: false,
        buffered: false,
    };

    fn rest(bytes: Vec<u8>) -> Rest {
        Rest { from: 1000, bytes }
    }

    /// A batch without its start: rows, the commit row, the end marker.
    fn batch(commit: u64) -> Vec<u8> {
        let key = keys::COMMIT_ROW.key();
        let mut bytes = vec![7; 2000];
        bytes[0] = START;
        bytes.extend_from_slice(&key);
        bytes.extend_from_slice(&sealed::seal(&key, vec![0; keys::COMMIT_ROW_BYTES], commit));
        bytes.extend_from_slice(&[3, 1, 2, 3, 4, 5, 6, 7, 8]);
        bytes.extend_from_slice(&TRAILER);
        bytes
    }

    #[test]
    fn a_batch_without_its_end_is_torn() {
        let mut bytes = batch(8);
        bytes.pop();
        assert!(rest(bytes).is_torn_end(Some(7), SYNCED));
        let mut bytes = vec![7; 100];
        bytes[0] = START;
        assert!(rest(bytes).is_torn_end(Some(7), SYNCED));
    }

    #[test]
    fn bytes_that_do_not_begin_as_a_batch_are_not_torn() {
        assert!(!rest(vec![7; 100]).is_torn_end(Some(7), SYNCED));
    }

    #[test]
    fn a_batch_with_its_end_is_torn_only_if_a_sector_is_missing() {
        assert!(!rest(batch(8)).is_torn_end(Some(7), SYNCED));
        let mut bytes = batch(8);
        bytes[24..24 + SECTOR].fill(0);
        assert!(rest(bytes).is_torn_end(Some(7), SYNCED));
        let mut bytes = batch(8);
        bytes[..24].fill(0);
        assert!(rest(bytes).is_torn_end(Some(7), SYNCED));
    }

    #[test]
    fn a_batch_with_a_damaged_end_or_commit_row_is_not_torn() {
        let whole = batch(8);
        for from_end in 1..=END_BYTES + 10 {
            let mut bytes = whole.clone();
            let at = bytes.len() - from_end;
            bytes[at] ^= 4;
            assert!(!rest(bytes).is_torn_end(Some(7), SYNCED), "{from_end}");
        }
    }

    #[test]
    fn a_later_commit_behind_it_proves_that_the_batch_was_acknowledged() {
        let both = [batch(8), batch(9)].concat();
        assert!(!rest(both).is_torn_end(Some(7), SYNCED));
        let mut gap = batch(9);
        gap.pop();
        assert!(!rest(gap).is_torn_end(Some(7), SYNCED));
    }

    #[test]
    fn a_witnessed_commit_is_not_a_torn_end() {
        let mut bytes = batch(5);
        bytes.pop();
        assert!(!rest(bytes).is_torn_end(Some(4), SYNCED));
    }

    #[test]
    fn without_syncs_between_commits_several_may_be_torn() {
        let buffered = Testimony {
            buffered: true,
            ..SYNCED
        };
        let both = [batch(8), batch(9)].concat();
        assert!(rest(both).is_torn_end(Some(7), buffered));
        assert!(!rest(batch(5)).is_torn_end(Some(4), buffered));
    }
}
