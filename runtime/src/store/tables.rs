//! The audit of the tables: each is there and is the one that its manifest means.
//!
//! The LSM engine believes what it finds: a manifest is read without its checksum, a table by its
//! file's name alone, and whatever a manifest does not list is deleted as a leftover, up to a whole
//! keyspace whose name is not found. So one damaged small file would take sound ones along. Hence
//! all of this is read first, here, and nothing is opened that does not fit:
//!
//! ```text
//! keyspaces/K/current   = version u64, xxh3 of the manifest u128, 0        numbers are little endian
//! keyspaces/K/vVERSION  = an archive; its section "tables" is levels u8, each
//!                         runs u8, each tables u32, each id u64, 0, xxh3 of the table u128, seqno u64
//! keyspaces/K/tables/ID
//! ```
//!
//! Keyspace 0 holds the names of the others and is read to its end. Of the other tables only the
//! metadata are read, so that opening costs what there are of them and not what is in them; their
//! blocks and rows are checked when they are read.

use std::{
    fs,
    io::{self, Cursor},
    panic,
    path::{Path, PathBuf},
    sync::Arc,
};

use lsm_tree::{Cache, Checksum, Table};
use xxhash_rust::xxh3::xxh3_128;

use super::{StoreError, folder::io_error, keys::Family};

/// A table as its manifest has it.
struct Listed {
    id: u64,
    checksum: u128,
    seqno: u64,
}

/// Checks the tables of all keyspaces and changes nothing.
///
/// # Errors
///
/// [`StoreError::Corrupt`] names the file that does not fit.
pub(super) fn audit(data: &Path) -> Result<(), StoreError> {
    let keyspaces = data.join("keyspaces");
    let names = keyspaces.join("0");
    for table in manifest(&names)? {
        let path = names.join("tables").join(table.id.to_string());
        if xxh3_128(&read(&path)?) != table.checksum {
            return Err(damaged(&path, "fails its checksum"));
        }
    }
    // The keyspaces in the order in which they were made, but the first, which names them.
    for (at, family) in Family::ALL.into_iter().enumerate() {
        let folder = keyspaces.join((at + 1).to_string());
        for listed in manifest(&folder)? {
            let path = folder.join("tables").join(listed.id.to_string());
            check_table(path, &listed, family)?;
        }
    }
    Ok(())
}

/// The tables of the manifest that is in force.
fn manifest(keyspace: &Path) -> Result<Vec<Listed>, StoreError> {
    let path = keyspace.join("current");
    let current = read(&path)?;
    let version = current
        .first_chunk()
        .map(|bytes| u64::from_le_bytes(*bytes));
    let checksum = current.get(8..24).and_then(<[u8]>::first_chunk);
    let (Some(version), Some(checksum), Some(0), 25) =
        (version, checksum, current.last(), current.len())
    else {
        return Err(damaged(&path, "does not say which manifest is in force"));
    };
    let path = keyspace.join(format!("v{version}"));
    let bytes = read(&path)?;
    if xxh3_128(&bytes) != u128::from_le_bytes(*checksum) {
        return Err(damaged(&path, "fails its checksum"));
    }
    tables(&bytes).ok_or_else(|| damaged(&path, "lists no tables"))
}

/// The tables in the bytes of a manifest.
fn tables(manifest: &[u8]) -> Option<Vec<Listed>> {
    let archive = sfa::Reader::from_reader(&mut Cursor::new(manifest)).ok()?;
    let section = archive.toc().section(b"tables")?;
    let from = usize::try_from(section.pos()).ok()?;
    let to = from.checked_add(usize::try_from(section.len()).ok()?)?;
    let mut rest = manifest.get(from..to)?;
    let mut found = Vec::new();
    let [levels] = take(&mut rest)?;
    for _ in 0..levels {
        let [runs] = take(&mut rest)?;
        for _ in 0..runs {
            for _ in 0..u32::from_le_bytes(take(&mut rest)?) {
                let id = u64::from_le_bytes(take(&mut rest)?);
                let [_] = take(&mut rest)?;
                let checksum = u128::from_le_bytes(take(&mut rest)?);
                let seqno = u64::from_le_bytes(take(&mut rest)?);
                found.push(Listed {
                    id,
                    checksum,
                    seqno,
                });
            }
        }
    }
    Some(found)
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*first)
}

/// Whether a file is the table of that number, with rows of that family.
fn check_table(path: PathBuf, listed: &Listed, family: Family) -> Result<(), StoreError> {
    if !path.exists() {
        return Err(damaged(&path, "is missing"));
    }
    let (id, seqno) = (listed.id, listed.seqno);
    let checksum = Checksum::from_raw(listed.checksum);
    let file = path.clone();
    // The engine asserts what a damaged file may break; a panic is one more damaged file.
    let table = panic::catch_unwind(move || {
        let cache = Arc::new(Cache::with_capacity_bytes(0));
        Table::recover(file, checksum, seqno, 0, cache, None, false, false)
    })
    .unwrap_or(Err(lsm_tree::Error::Unrecoverable));
    let table = match table {
        Ok(table) => table,
        Err(lsm_tree::Error::Io(source)) if source.kind() != io::ErrorKind::UnexpectedEof => {
            return Err(io_error("read", &path, source));
        }
        Err(_) => return Err(damaged(&path, "cannot be read")),
    };
    let range = &table.metadata.key_range;
    let is_of_family = [range.min(), range.max()]
        .iter()
        .all(|key| !key.is_empty() && Family::of(key) == family);
    if table.metadata.id != id || !is_of_family {
        return Err(damaged(&path, "is another table"));
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>, StoreError> {
    fs::read(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => damaged(path, "is missing"),
        _ => io_error("read", path, source),
    })
}

fn damaged(path: &Path, how: &str) -> StoreError {
    StoreError::Corrupt {
        what: format!("{}, which {how},", path.display()),
        key: None,
        remedy: "nothing was changed: restore that file, or the store, from a backup",
    }
}
