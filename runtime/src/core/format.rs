//! The form of the kernel's own rows: a version byte, then postcard.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::schema::append;
use crate::store::{Bytes, StoreError};

/// The version this program writes. It reads every version up to it.
pub(crate) const VERSION: u8 = 1;

/// Why a row cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// A newer version of this library wrote it.
    #[error(
        "it has format {found}, this version reads formats up to {VERSION}: use a newer version"
    )]
    Future {
        /// The version found.
        found: u8,
    },
    /// Its bytes are not what any version writes.
    #[error("it is damaged: {why}")]
    Damaged {
        /// What was expected.
        why: String,
    },
}

impl Unreadable {
    pub(crate) fn damaged(why: impl std::fmt::Display) -> Self {
        Unreadable::Damaged {
            why: why.to_string(),
        }
    }
}

/// Why something in the store could not be used: the store failed, or the row's form did.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The row is there but cannot be read.
    #[error("{row} cannot be read: {why}")]
    Row {
        /// Which row.
        row: String,
        /// Why.
        why: Unreadable,
    },
}

impl ReadError {
    /// Whether the rest of the store can be used all the same.
    #[must_use]
    pub fn is_of_one_row(&self) -> bool {
        matches!(
            self,
            ReadError::Row { .. } | ReadError::Store(StoreError::Corrupt { .. })
        )
    }

    pub(crate) fn row(key: &[u8], why: Unreadable) -> Self {
        ReadError::Row {
            row: crate::store::keys::display(key),
            why,
        }
    }
}

/// A row of this version.
pub(crate) fn write(value: &impl Serialize) -> Bytes {
    // Room from the beginning saves copies.
    let mut row = Vec::with_capacity(64);
    write_behind(&mut row, value);
    row
}

/// Such a row, behind what is there.
pub(crate) fn write_behind(row: &mut Bytes, value: &impl Serialize) {
    row.push(VERSION);
    extend(row, value);
}

/// Appends a value to a row.
pub(crate) fn extend(row: &mut Bytes, value: &impl Serialize) {
    append(value, row).expect("the kernel's rows are plain data");
}

/// The part of a row after its version byte.
pub(crate) fn body(row: &[u8]) -> Result<&[u8], Unreadable> {
    match row.split_first() {
        Some((&VERSION, body)) => Ok(body),
        Some((&found, _)) if found > VERSION => Err(Unreadable::Future { found }),
        _ => Err(Unreadable::damaged("it has no version")),
    }
}

/// Reads what [`write`] wrote.
pub(crate) fn read<T: DeserializeOwned>(row: &[u8]) -> Result<T, Unreadable> {
    let (value, rest) = take(body(row)?)?;
    if rest.is_empty() {
        Ok(value)
    } else {
        Err(Unreadable::damaged("bytes are left over"))
    }
}

/// Reads a value off the front.
pub(crate) fn take<T: DeserializeOwned>(bytes: &[u8]) -> Result<(T, &[u8]), Unreadable> {
    postcard::take_from_bytes(bytes).map_err(Unreadable::damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_a_newer_version_is_named_as_such() {
        let mut row = write(&7u32);
        assert_eq!(read::<u32>(&row), Ok(7));
        row[0] = 9;
        assert_eq!(read::<u32>(&row), Err(Unreadable::Future { found: 9 }));
    }

    #[test]
    fn a_store_that_fails_is_more_than_one_row() {
        let damage = ReadError::row(b"key", Unreadable::damaged("its key"));
        assert!(damage.is_of_one_row());
        assert!(!ReadError::Store(StoreError::Closed).is_of_one_row());
    }

    #[test]
    fn a_damaged_row_is_an_error_never_a_value() {
        let row = write(&(7u32, "text"));
        assert!(read::<(u32, String)>(&row[..3]).is_err());
        assert!(read::<(u32, String)>(&[]).is_err());
        assert!(matches!(
            read::<(u32, String)>(&[0, 7]),
            Err(Unreadable::Damaged { .. })
        ));
        assert!(read::<(u32, String)>(&[row, vec![0]].concat()).is_err());
    }
}
