//! The audit of the journal: every acknowledged commit is accounted for before it is replayed.
//!
//! The LSM engine takes any entry it cannot decode for the torn end of its journal and truncates
//! there, in place; one flipped bit in a batch's start marker takes every later commit along. So
//! the journals are read first, here, by their format (see [`walk`]). The audit knows two things
//! the engine does not: commits are numbered without gaps, each by a row at the end of its batch,
//! and a commit was begun only after the one before it was synced. Hence it can tell a torn end,
//! which is cut, from damage, which is reported.

mod torn;
mod walk;

use std::{
    fs::{self, File},
    io::{self, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use super::{
    StoreError,
    folder::{io_error, sync_folder},
    witness::Testimony,
};
use crate::planted::planted;
use walk::Walk;

/// The engine's own sequence numbers, which no checksum covers, grow by a few between batches.
const SEQNO_JUMP: u64 = 1 << 32;

/// What the journals hold.
#[derive(Debug, Default)]
pub(super) struct Audit {
    /// The last whole commit in them; `None` if all were flushed to tables.
    pub(super) last: Option<u64>,
    /// Why acknowledged commits may be missing.
    pub(super) damage: Option<String>,
    cuts: Vec<Cut>,
}

/// Bytes at the end of a journal that no replay may see.
#[derive(Debug)]
struct Cut {
    journal: PathBuf,
    from: u64,
    /// The end of what was ever written; behind it the file is preallocated.
    to: u64,
}

/// Reads the journals in a folder, oldest first, and changes nothing.
pub(super) fn audit(data: &Path, witness: Testimony) -> Result<Audit, StoreError> {
    let mut audit = Audit::default();
    let journals = journals(data)?;
    if journals.is_empty() {
        audit.damage = Some(format!(
            "the journal in {}, which is missing,",
            data.display()
        ));
    }
    let mut seqno = None;
    for (at, journal) in journals.iter().enumerate() {
        let failed = |source| io_error("read", journal, source);
        if audit.damage.is_some() {
            // What follows the damage cannot be replayed over the gap.
            audit.cut(journal, 0).map_err(failed)?;
            continue;
        }
        let mut walk = Walk::open(journal).map_err(failed)?;
        let mut end = 0;
        while let Some(batch) = walk.batch().map_err(failed)? {
            let follows =
                |least: u64| (least..least.saturating_add(SEQNO_JUMP)).contains(&batch.seqno);
            let in_order = seqno.is_none_or(|before: u64| follows(before.saturating_add(1)))
                && batch.floor.is_none_or(follows)
                && match (audit.last, batch.commit) {
                    (Some(last), Some(commit)) => commit == last + 1,
                    (Some(_), None) => false,
                    (None, _) => true,
                };
            if !in_order {
                audit.damage = Some(format!(
                    "{} at byte {end}: a batch is out of order",
                    journal.display()
                ));
                break;
            }
            seqno = Some(batch.seqno);
            audit.last = batch.commit.or(audit.last);
            end = batch.end;
        }
        let rest = torn::Rest::read(journal, end).map_err(failed)?;
        if rest.is_empty() {
            continue;
        }
        let is_active = at + 1 == journals.len();
        if audit.damage.is_none() && !(is_active && rest.is_torn_end(audit.last, witness)) {
            audit.damage = Some(format!(
                "{} at byte {end}: a batch is not whole although it was acknowledged",
                journal.display()
            ));
        }
        audit.cuts.push(Cut {
            journal: journal.clone(),
            from: end,
            to: rest.end(),
        });
    }
    if let Some(last) = audit.last
        && last < witness.sequence
        && !planted!(WitnessUnchecked)
        && audit.damage.is_none()
    {
        audit.damage = Some(format!(
            "the journal in {}, which ends at commit {last} while commit {} was acknowledged,",
            data.display(),
            witness.sequence
        ));
    }
    Ok(audit)
}

/// Whether these bytes begin with a whole batch of a commit; what follows the last one is judged.
pub(super) fn reads(bytes: &[u8]) -> bool {
    let mut walk = Walk::over(bytes, bytes.len() as u64);
    let (mut last, mut end) = (None, 0);
    // Bytes in memory are read without errors.
    while let Ok(Some(batch)) = walk.batch() {
        (last, end) = (batch.commit.or(last), batch.end);
    }
    let Some(rest) = usize::try_from(end).ok().and_then(|end| bytes.get(end..)) else {
        return false;
    };
    let rest = torn::Rest::new(end, rest.to_vec());
    for buffered in [false, true] {
        let witness = Testimony {
            sequence: last.unwrap_or(0),
            clean: false,
            buffered,
        };
        rest.is_torn_end(last, witness);
    }
    last.is_some()
}

impl Audit {
    /// Cuts the torn ends off, after copying them to `kept`.
    pub(super) fn apply(&self, kept: &Path) -> Result<(), StoreError> {
        if self.cuts.is_empty() {
            return Ok(());
        }
        fs::create_dir_all(kept).map_err(|e| io_error("create the folder", kept, e))?;
        for cut in &self.cuts {
            let name = cut
                .journal
                .file_name()
                .unwrap_or_default()
                .to_string_lossy();
            let copy = kept.join(format!("{name}.from-{}.to-{}", cut.from, cut.to));
            cut.copy(&copy).map_err(|e| io_error("write", &copy, e))?;
        }
        // Down from the folder of the store: without their names the copies are not there.
        for folder in kept.ancestors().take(3) {
            sync_folder(folder)?;
        }
        for cut in &self.cuts {
            cut.apply()
                .map_err(|e| io_error("cut the torn end off", &cut.journal, e))?;
        }
        Ok(())
    }

    fn cut(&mut self, journal: &Path, from: u64) -> io::Result<()> {
        let to = torn::Rest::read(journal, from)?.end();
        self.cuts.push(Cut {
            journal: journal.to_owned(),
            from,
            to,
        });
        Ok(())
    }
}

impl Cut {
    fn copy(&self, to: &Path) -> io::Result<()> {
        let mut journal = File::open(&self.journal)?;
        journal.seek(SeekFrom::Start(self.from))?;
        let mut bytes = io::Read::take(journal, self.to - self.from);
        let mut copy = File::create(to)?;
        io::copy(&mut bytes, &mut copy)?;
        copy.sync_all()
    }

    fn apply(&self) -> io::Result<()> {
        let journal = File::options().write(true).open(&self.journal)?;
        journal.set_len(self.from)?;
        journal.sync_all()
    }
}

/// The journal files, oldest first; the last is the one that was being written.
fn journals(data: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let failed = |source| io_error("read", data, source);
    let mut found = Vec::new();
    for entry in fs::read_dir(data).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let number = path
            .file_name()
            .and_then(|name| name.to_str()?.strip_suffix(".jnl")?.parse::<u64>().ok());
        if let Some(number) = number {
            found.push((number, path));
        }
    }
    found.sort();
    Ok(found.into_iter().map(|(_, path)| path).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Batch, OpenStore, StoreOptions, keys::Row};

    const COMMITS: u64 = 12;
    const UNKNOWN: Testimony = Testimony {
        sequence: 0,
        clean: false,
        buffered: false,
    };

    /// A store with some commits and its one journal, without preallocated space.
    fn journal_of(folder: &Path) -> (PathBuf, Vec<u8>) {
        let options = StoreOptions::new(folder);
        let store = options.open().unwrap();
        for n in 0..COMMITS {
            let mut batch = Batch::new();
            batch.put(Row::Inst { vp: 1, n }.key(), vec![n as u8; 40]);
            batch.put(
                Row::Hist {
                    vp: 1,
                    n: 1,
                    seq: n,
                }
                .key(),
                vec![n as u8; 10],
            );
            store.commit(batch).unwrap();
        }
        drop(store);
        options.open().unwrap().close().unwrap();
        let data = folder.join("data");
        let journal = journals(&data).unwrap().pop().unwrap();
        let bytes = fs::read(&journal).unwrap();
        (data, bytes)
    }

    #[test]
    fn a_whole_journal_passes() {
        let folder = tempfile::tempdir().unwrap();
        let (data, _) = journal_of(folder.path());
        let audit = audit(&data, UNKNOWN).unwrap();
        assert_eq!(audit.last, Some(COMMITS));
        assert!(audit.damage.is_none() && audit.cuts.is_empty(), "{audit:?}");
    }

    #[test]
    fn a_flipped_bit_anywhere_is_damage_or_loses_nothing_even_without_a_witness() {
        let folder = tempfile::tempdir().unwrap();
        let (data, bytes) = journal_of(folder.path());
        let journal = journals(&data).unwrap().pop().unwrap();
        let mut found = 0;
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << (at % 8);
            fs::write(&journal, damaged).unwrap();
            let audit = audit(&data, UNKNOWN).unwrap();
            // The last batch may get a later sequence number: it is the last all the same.
            let harmless = audit.last == Some(COMMITS) && audit.cuts.is_empty();
            assert!(audit.damage.is_some() || harmless, "byte {at}: {audit:?}");
            found += usize::from(audit.damage.is_some());
        }
        assert!(found + 8 >= bytes.len(), "found {found} of {}", bytes.len());
    }

    #[test]
    fn a_journal_cut_anywhere_in_its_last_batch_is_a_torn_end() {
        let folder = tempfile::tempdir().unwrap();
        let (data, bytes) = journal_of(folder.path());
        let journal = journals(&data).unwrap().pop().unwrap();
        for missing in 1..60 {
            fs::write(&journal, &bytes[..bytes.len() - missing]).unwrap();
            let audit = audit(&data, UNKNOWN).unwrap();
            assert!(audit.damage.is_none(), "{missing} bytes: {audit:?}");
            assert_eq!(audit.last, Some(COMMITS - 1));
        }
    }

    #[test]
    fn a_whole_journal_that_ends_before_the_witness_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let (data, _) = journal_of(folder.path());
        let last = audit(&data, UNKNOWN).unwrap().last.unwrap();
        let damage = |sequence| {
            let witness = Testimony {
                sequence,
                ..UNKNOWN
            };
            audit(&data, witness).unwrap().damage
        };
        assert_eq!(damage(last), None);
        assert!(damage(last + 1).is_some());
    }

    #[test]
    fn a_journal_that_ends_before_the_witness_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let (data, bytes) = journal_of(folder.path());
        let journal = journals(&data).unwrap().pop().unwrap();
        fs::write(&journal, &bytes[..bytes.len() - 1]).unwrap();
        let witness = Testimony {
            sequence: COMMITS,
            ..UNKNOWN
        };
        assert!(audit(&data, witness).unwrap().damage.is_some());
    }

    /// Splits the journal in two after some batches: `(sealed, active)`.
    fn split(data: &Path, after: usize) -> (PathBuf, PathBuf) {
        let sealed = journals(data).unwrap().pop().unwrap();
        let bytes = fs::read(&sealed).unwrap();
        let mut walk = Walk::open(&sealed).unwrap();
        let end = (0..after)
            .map(|_| walk.batch().unwrap().unwrap().end)
            .last();
        let (first, second) = bytes.split_at(end.unwrap() as usize);
        let active = data.join("7.jnl");
        fs::write(&sealed, first).unwrap();
        fs::write(&active, second).unwrap();
        (sealed, active)
    }

    #[test]
    fn a_sealed_journal_may_not_have_a_torn_end() {
        let folder = tempfile::tempdir().unwrap();
        let (data, _) = journal_of(folder.path());
        let (sealed, active) = split(&data, 5);
        let whole = audit(&data, UNKNOWN).unwrap();
        assert_eq!(whole.last, Some(COMMITS));
        assert!(whole.damage.is_none(), "{whole:?}");

        let mut bytes = fs::read(&sealed).unwrap();
        bytes.truncate(bytes.len() - 3);
        fs::write(&sealed, &bytes).unwrap();
        let torn = audit(&data, UNKNOWN).unwrap();
        assert!(torn.damage.is_some(), "{torn:?}");
        // Nothing behind the gap would be replayed, and all of it is kept.
        assert_eq!(torn.last, Some(3));
        let kept = folder.path().join("kept");
        let len = fs::metadata(&active).unwrap().len();
        torn.apply(&kept).unwrap();
        assert_eq!(fs::metadata(&active).unwrap().len(), 0);
        let copy = kept.join(format!("7.jnl.from-0.to-{len}"));
        assert_eq!(fs::metadata(copy).unwrap().len(), len);
    }

    #[test]
    fn what_is_cut_off_is_kept_to_the_byte() {
        let folder = tempfile::tempdir().unwrap();
        let (data, bytes) = journal_of(folder.path());
        let journal = journals(&data).unwrap().pop().unwrap();
        fs::write(&journal, &bytes[..bytes.len() - 3]).unwrap();
        let torn = audit(&data, UNKNOWN).unwrap();
        let from = torn.cuts[0].from;
        assert!(from > 0, "{torn:?}");

        let kept = folder.path().join("kept");
        torn.apply(&kept).unwrap();
        let copy = fs::read_dir(&kept).unwrap().next().unwrap().unwrap();
        let tail = &bytes[from as usize..bytes.len() - 3];
        assert_eq!(fs::read(copy.path()).unwrap(), tail);
        assert_eq!(fs::metadata(&journal).unwrap().len(), from);
    }

    #[test]
    fn a_first_batch_whose_number_was_lowered_is_damage() {
        let folder = tempfile::tempdir().unwrap();
        let (data, _) = journal_of(folder.path());
        let (sealed, active) = split(&data, 5);
        fs::remove_file(sealed).unwrap();
        let whole = audit(&data, UNKNOWN).unwrap();
        assert_eq!((whole.last, whole.damage), (Some(COMMITS), None));

        let number = Walk::open(&active).unwrap().batch().unwrap().unwrap().seqno;
        let mut bytes = fs::read(&active).unwrap();
        bytes[5..13].copy_from_slice(&(number - 1).to_le_bytes());
        fs::write(&active, bytes).unwrap();
        let damage = audit(&data, UNKNOWN).unwrap().damage.unwrap();
        assert!(damage.contains("at byte 0"), "{damage}");
    }

    #[test]
    fn commits_missing_between_two_journals_are_damage() {
        let folder = tempfile::tempdir().unwrap();
        let (data, _) = journal_of(folder.path());
        let (_, active) = split(&data, 5);
        let first = Walk::open(&active).unwrap().batch().unwrap().unwrap();
        let bytes = fs::read(&active).unwrap();
        fs::write(&active, &bytes[first.end as usize..]).unwrap();
        let gap = audit(&data, UNKNOWN).unwrap();
        assert!(gap.damage.is_some(), "{gap:?}");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_audited_without_a_panic(
            bytes in proptest::collection::vec(proptest::prelude::prop_oneof![
                0..5u8,
                proptest::prelude::any::<u8>(),
            ], 0..200),
        ) {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join("0.jnl"), &bytes).unwrap();
            let audit = audit(folder.path(), UNKNOWN).unwrap();
            proptest::prop_assert_eq!(audit.last, None);
        }
    }
}
