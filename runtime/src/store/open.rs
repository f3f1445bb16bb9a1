//! Opening the embedded store: every check, in an order that changes nothing before it is sure.

use std::{
    fs,
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use super::{
    Bytes, Durability, StoreError, StoreOptions,
    fjall::Rows,
    folder::{Folder, io_error, sync_folder},
    journal, keys,
    lock::Lock,
    witness::{Testimony, Witness},
};

/// The format of the key layout and of the rows around it.
const FORMAT: u32 = 1;

const LOST: &str = "nothing was changed: restore the store from a backup, or open it once with \
                    accept_data_loss to go on without what is lost";

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
    let (witness, testimony) = witness(&folder, options)?;

    let audit = journal::audit(&folder.data(), testimony)?;
    if let Some(damage) = &audit.damage {
        lost(damage, options)?;
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = now.map_or(0, |now| now.as_millis());
    let kept = folder.cut().join(millis.to_string());
    audit.apply(&kept)?;

    let rows = Rows::open(&folder.data())?;
    check_format(&rows, options)?;
    let commit_row = rows.get(&keys::COMMIT_ROW.key())?;
    let sequence = commit_row.map_or(0, |(_, sequence)| sequence);
    let expected = audit.last.unwrap_or(0).max(testimony.sequence);
    if sequence < expected {
        let data = folder.data();
        let data = data.display();
        let damage = format!("the data in {data}, which has {sequence} of {expected} commits,");
        lost(&damage, options)?;
    } else if audit.damage.is_none() {
        forget(&folder, &kept)?;
    }

    let mut opened = Opened {
        rows,
        witness,
        lock,
        sequence,
        was_clean: testimony.clean && testimony.sequence == sequence,
    };
    // From here on a crash is one, even before the first commit: work found in the store may
    // have been started again.
    opened.witness.record(Testimony {
        sequence,
        clean: false,
        buffered: options.durability == Durability::Buffered,
    })?;
    Ok(opened)
}

/// The witness of the store, which is created first if there is none yet.
fn witness(folder: &Folder, options: &StoreOptions) -> Result<(Witness, Testimony), StoreError> {
    let found = match Witness::open(&folder.witness()) {
        Err(error @ StoreError::Corrupt { .. }) if options.accept_data_loss => {
            tracing::warn!(%error, "a new witness is written");
            None
        }
        found => found?,
    };
    let testified = found.as_ref().map_or(0, |(_, said)| said.sequence);
    if !folder.data().exists() {
        if testified > 0 {
            lost(
                &format!("{}, which is missing,", folder.data().display()),
                options,
            )?;
        }
        return create(folder, options);
    }
    if let Some(found) = found {
        return Ok(found);
    }
    let damage = format!(
        "{}, which is missing or not readable,",
        folder.witness().display()
    );
    lost(&damage, options)?;
    let unknown = Testimony {
        sequence: 0,
        clean: false,
        buffered: false,
    };
    let witness = Witness::create(&folder.witness(), unknown)?;
    sync_folder(folder.root())?;
    Ok((witness, unknown))
}

/// Makes the store aside and moves it into place when it is whole.
fn create(folder: &Folder, options: &StoreOptions) -> Result<(Witness, Testimony), StoreError> {
    let aside = folder.data_new();
    if aside.exists() {
        fs::remove_dir_all(&aside).map_err(|e| io_error("remove", &aside, e))?;
    }
    let rows = Rows::create(&aside)?;
    rows.found(keys::FORMAT_ROW.key(), format_row(options))?;
    drop(rows);
    let nothing = Testimony {
        sequence: 0,
        clean: true,
        buffered: false,
    };
    let witness = Witness::create(&folder.witness(), nothing)?;
    fs::rename(&aside, folder.data()).map_err(|e| io_error("rename", &aside, e))?;
    sync_folder(folder.root())?;
    Ok((witness, nothing))
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
