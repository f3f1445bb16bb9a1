//! Opening the embedded store: every check, in an order that changes nothing before it is sure.

use std::{
    fs,
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use super::{
    Bytes, Durability, StoreError, StoreOptions,
    fjall::Rows,
    folder::{Folder, io_error, sync_folder, sync_folders},
    journal, keys,
    lock::Lock,
    tables,
    witness::{Testimony, Witness},
};

/// The format of the key layout and of the rows around it.
const FORMAT: u32 = 1;

const LOST: &str = "nothing was changed: restore the store from a backup, or open it once with \
                    accept_data_loss to go on without what is lost";

/// What is known of a store before its first commit, or if its witness is gone.
const NOTHING: Testimony = Testimony {
    sequence: 0,
    clean: false,
    buffered: false,
};

pub(super) struct Opened {
    pub(super) rows: Rows,
    pub(super) witness: Witness,
    pub(super) lock: Lock,
    pub(super) sequence: u64,
    pub(super) was_clean: bool,
}

pub(super) fn open(options: &StoreOptions) -> Result<Opened, StoreError> {
    let folder = Folder::find(&options.path, options.create_if_missing)?;
    let lock = Lock::take(&folder.lock(), folder.root())?;
    let mut opened = if folder.creating().exists() {
        check_unused(&folder)?;
        create(&folder, lock, options)?
    } else {
        let found = witness(&folder, options)?;
        if folder.data().exists() {
            recover(&folder, lock, found, options)?
        } else {
            if let Some((_, said)) = found
                && said.sequence > 0
            {
                let data = folder.data();
                lost(&format!("{}, which is missing,", data.display()), options)?;
            }
            create(&folder, lock, options)?
        }
    };
    // From here on a crash is one, even before the first commit: work found in the store may
    // have been started again.
    opened.witness.record(Testimony {
        sequence: opened.sequence,
        clean: false,
        buffered: options.durability == Durability::Buffered,
    })?;
    Ok(opened)
}

/// The mark of a store that is being made is gone before its first commit: one that came back, with
/// a copy of a folder, must not have the rows taken for leftovers.
fn check_unused(folder: &Folder) -> Result<(), StoreError> {
    let data = folder.data();
    let is_witnessed = matches!(
        Witness::open(&folder.witness()),
        Ok(Some((_, said))) if said.sequence > 0
    );
    let is_used = is_witnessed
        || data.exists()
            && journal::audit(&data, NOTHING)?
                .last
                .is_some_and(|commit| commit > 0);
    if !is_used {
        return Ok(());
    }
    let mark = folder.creating();
    Err(StoreError::Corrupt {
        what: format!(
            "{}, a mark that says that nothing was ever committed, which is wrong,",
            mark.display()
        ),
        key: None,
        remedy: "nothing was changed: remove the mark, or restore the store from a backup",
    })
}

/// Makes the store, anew if that was begun before: nothing was ever committed to it.
fn create(folder: &Folder, lock: Lock, options: &StoreOptions) -> Result<Opened, StoreError> {
    let (mark, data) = (folder.creating(), folder.data());
    fs::write(&mark, []).map_err(|e| io_error("create", &mark, e))?;
    sync_folder(folder.root())?;
    if data.exists() {
        fs::remove_dir_all(&data).map_err(|e| io_error("remove", &data, e))?;
    }
    let rows = Rows::create(&data)?;
    rows.found(keys::FORMAT_ROW.key(), format_row(options))?;
    // The engine syncs the folder of a keyspace, but not the one that has its name.
    sync_folders(&data)?;
    let witness = Witness::create(&folder.witness(), NOTHING)?;
    sync_folder(folder.root())?;
    fs::remove_file(&mark).map_err(|e| io_error("remove", &mark, e))?;
    sync_folder(folder.root())?;
    Ok(Opened {
        rows,
        witness,
        lock,
        sequence: 0,
        was_clean: true,
    })
}

fn recover(
    folder: &Folder,
    lock: Lock,
    witness: Option<(Witness, Testimony)>,
    options: &StoreOptions,
) -> Result<Opened, StoreError> {
    let (witness, testimony) = match witness {
        Some(found) => found,
        None => {
            let file = folder.witness();
            let damage = format!("{}, which is missing or not readable,", file.display());
            lost(&damage, options)?;
            let witness = Witness::create(&file, NOTHING)?;
            sync_folder(folder.root())?;
            (witness, NOTHING)
        }
    };
    let data = folder.data();
    let audit = journal::audit(&data, testimony)?;
    tables::audit(&data)?;
    if let Some(damage) = &audit.damage {
        lost(damage, options)?;
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = now.map_or(0, |now| now.as_millis());
    let kept = folder.cut().join(millis.to_string());
    audit.apply(&kept)?;

    let rows = Rows::open(&data)?;
    check_format(&rows, options)?;
    let commit_row = rows.get(&keys::COMMIT_ROW.key())?;
    let sequence = commit_row.map_or(0, |(_, sequence)| sequence);
    let expected = audit.last.unwrap_or(0).max(testimony.sequence);
    if sequence < expected {
        let data = data.display();
        let damage = format!("the data in {data}, which has {sequence} of {expected} commits,");
        lost(&damage, options)?;
    } else if audit.damage.is_none() {
        forget(folder, &kept)?;
    }
    Ok(Opened {
        rows,
        witness,
        lock,
        sequence,
        was_clean: testimony.clean && testimony.sequence == sequence,
    })
}

/// The witness of the store; `None` if it is missing, or damaged and that is accepted.
fn witness(
    folder: &Folder,
    options: &StoreOptions,
) -> Result<Option<(Witness, Testimony)>, StoreError> {
    match Witness::open(&folder.witness()) {
        Err(error @ StoreError::Corrupt { .. }) if options.accept_data_loss => {
            tracing::warn!(%error, "a new witness is written");
            Ok(None)
        }
        found => found,
    }
}

/// Format (4), virtual partitions (2), little endian, and when the store was created, in
/// milliseconds since 1970 (8).
fn format_row(options: &StoreOptions) -> Bytes {
    let created = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |now| now.as_millis() as u64);
    let mut row = Bytes::new();
    row.extend_from_slice(&FORMAT.to_le_bytes());
    row.extend_from_slice(&options.virtual_partitions.to_le_bytes());
    row.extend_from_slice(&created.to_le_bytes());
    row
}

fn check_format(rows: &Rows, options: &StoreOptions) -> Result<(), StoreError> {
    let incompatible = |what, found, expected, remedy| {
        Err(StoreError::Incompatible {
            path: options.path.clone(),
            what,
            found,
            expected,
            remedy,
        })
    };
    let key = keys::FORMAT_ROW.key();
    let missing = || StoreError::Corrupt {
        what: "the row that tells the store's format, which is missing,".into(),
        key: Some(key.clone()),
        remedy: "restore the store from a backup",
    };
    let (row, _) = rows.get(&key)?.ok_or_else(missing)?;
    let (format, row) = row.split_first_chunk().ok_or_else(missing)?;
    let format = u32::from_le_bytes(*format);
    if format != FORMAT {
        let remedy = "use the version of the program that wrote it";
        return incompatible("format", format.into(), FORMAT.into(), remedy);
    }
    let (count, _) = row.split_first_chunk().ok_or_else(missing)?;
    let count = u16::from_le_bytes(*count);
    let wanted = options.virtual_partitions;
    if count != wanted {
        let remedy = "open it with that number; it is fixed when a store is created";
        return incompatible("virtual partitions", count.into(), wanted.into(), remedy);
    }
    Ok(())
}

/// Acknowledged commits are gone: an error, unless the operator has accepted that.
fn lost(what: &str, options: &StoreOptions) -> Result<(), StoreError> {
    if !options.accept_data_loss {
        return Err(StoreError::Corrupt {
            what: what.into(),
            key: None,
            remedy: LOST,
        });
    }
    tracing::warn!(path = %options.path.display(), "{what} is damaged; opened with data loss");
    Ok(())
}

/// Removes the copy of a torn end that was not acknowledged; copies of accepted losses stay.
fn forget(folder: &Folder, kept: &Path) -> Result<(), StoreError> {
    if kept.exists() {
        fs::remove_dir_all(kept).map_err(|e| io_error("remove", kept, e))?;
        // It stays if it holds what an earlier, accepted loss left.
        let _ = fs::remove_dir(folder.cut());
    }
    Ok(())
}
