//! Breadcrumbs: who was in a turn when the process died (rule 19).
//!
//! One small file a shard, written without a sync: it has to survive the process, not the power.
//! Only turns that may kill are noted: the first of each instance that an unclean close left. So a
//! turn that overflows the stack kills the process a few times, not for ever, and costs nothing
//! to others.
//!
//! A crumb is taken away when it is read, so that a death counts once: other processes may die, for
//! reasons of their own, before another turn is noted. A death that is not counted because of that,
//! for the process dies before the count is durable, costs another one if the turn is to blame.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::core::{Number, Rows};
use crate::store::{Bytes, Key, Store, StoreError};

/// The name of a shard's file begins with this.
const NAME: &str = "turn-";

/// A store as a shard reads it, with the shard's breadcrumb.
pub(super) struct Reader {
    pub(super) store: Arc<dyn Store>,
    crumb: Option<File>,
}

impl Reader {
    pub(super) fn new(store: Arc<dyn Store>, folder: Option<&PathBuf>, shard: usize) -> Self {
        let crumb = folder.and_then(|folder| {
            let path = folder.join(format!("{NAME}{shard}"));
            let opened = File::options()
                .create(true)
                .write(true)
                .truncate(false)
                .open(&path);
            opened
                .inspect_err(
                    |error| tracing::warn!(path = %path.display(), %error, "no breadcrumbs"),
                )
                .ok()
        });
        Reader { store, crumb }
    }

    fn write(&self, bytes: &[u8]) {
        let Some(mut file) = self.crumb.as_ref() else {
            return;
        };
        let written = file
            .seek(SeekFrom::Start(0))
            .and_then(|_| file.write_all(bytes));
        if let Err(error) = written {
            tracing::warn!(%error, "a breadcrumb cannot be written");
        }
    }
}

impl Rows for Reader {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        self.store.get(key)
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<(Key, Bytes)>, StoreError> {
        self.store.scan(from, to, limit)
    }

    fn turn_begins(&self, number: Number) {
        let mut bytes = [1; 11];
        bytes[1..3].copy_from_slice(&number.partition.to_be_bytes());
        bytes[3..].copy_from_slice(&number.n.to_be_bytes());
        self.write(&bytes);
    }

    fn turn_ended(&self) {
        self.write(&[0]);
    }
}

/// Who was in a turn when the process died; each death is found once.
pub(super) fn find(folder: &Path) -> Vec<Number> {
    let found = take_all(folder).unwrap_or_else(|error| {
        tracing::warn!(folder = %folder.display(), %error, "breadcrumbs cannot be read");
        Vec::new()
    });
    for number in &found {
        tracing::warn!(%number, "the process died during a turn of this instance");
    }
    found
}

fn take_all(folder: &Path) -> io::Result<Vec<Number>> {
    let mut found = Vec::new();
    for entry in folder.read_dir()? {
        let entry = entry?;
        if !entry.file_name().to_string_lossy().starts_with(NAME) {
            continue;
        }
        let mut bytes = Vec::new();
        File::open(entry.path())?.take(11).read_to_end(&mut bytes)?;
        fs::remove_file(entry.path())?;
        if let [1, vp0, vp1, n @ ..] = &bytes[..]
            && let Ok(n) = n.try_into()
        {
            found.push(Number {
                partition: u16::from_be_bytes([*vp0, *vp1]),
                n: u64::from_be_bytes(n),
            });
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::OpenStore;
    use crate::store::memory::MemoryDisk;

    #[test]
    fn a_turn_that_did_not_end_is_found_once_after_the_process_died() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().to_path_buf();
        let store = MemoryDisk::new().open().expect("a store");
        let readers = [0, 1].map(|shard| Reader::new(store.clone(), Some(&path), shard));
        let number = |n| Number { partition: 258, n };
        readers[0].turn_begins(number(7));
        readers[1].turn_begins(number(8));
        readers[1].turn_ended();
        assert_eq!(find(&path), [number(7)]);
        assert_eq!(
            find(&path),
            [],
            "the next process that dies may not have had a turn at all"
        );
    }
}
