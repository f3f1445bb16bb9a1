//! `Rows`: the reads the core asks of its driver, answered at once.

use std::sync::Arc;

use super::Number;
use super::format::Unreadable;
use crate::store::keys::after;
use crate::store::{Bytes, Key, Store, StoreError};

/// Durable rows, as of the last commit.
pub trait Rows {
    /// The value of a row.
    ///
    /// # Errors
    /// Those of [`Store::get`].
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError>;

    /// Up to `limit` rows with `from <= key < to`.
    ///
    /// # Errors
    /// Those of [`Store::scan`].
    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<(Key, Bytes)>, StoreError>;

    /// A turn begins that may kill the process (rule 19): so that the next one can know.
    fn turn_begins(&self, _: Number) {}

    /// It did not.
    fn turn_ended(&self) {}
}

impl Rows for Arc<dyn Store> {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        self.as_ref().get(key)
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<(Key, Bytes)>, StoreError> {
        self.as_ref().scan(from, to, limit)
    }
}

/// A row, or why its value cannot be read.
pub(crate) type Found = (Key, Result<Bytes, Unreadable>);

/// As [`Rows::scan`], but a damaged row is found like the others: one does not hide the rest.
pub(crate) fn scan_past_damage(
    rows: &dyn Rows,
    from: &[u8],
    to: &[u8],
    limit: usize,
) -> Result<Vec<Found>, StoreError> {
    let mut found = Vec::new();
    let mut from = from.to_vec();
    while found.len() < limit {
        let left = limit - found.len();
        let error = match rows.scan(&from, to, left) {
            Ok(page) => {
                found.extend(page.into_iter().map(|(key, value)| (key, Ok(value))));
                break;
            }
            Err(error) => error,
        };
        let why = Unreadable::damaged(&error);
        let key = match error {
            StoreError::Corrupt { key: Some(key), .. } if *from <= *key && *key < *to => key,
            error => return Err(error),
        };
        found.append(&mut scan_past_damage(rows, &from, &key, left)?);
        from = after(&key);
        if found.len() < limit {
            found.push((key, Err(why)));
        }
    }
    Ok(found)
}

/// Calls `each` with every row of a range, read in pages.
pub(crate) fn each_row<E: From<StoreError>>(
    rows: &dyn Rows,
    from: Key,
    to: &[u8],
    mut each: impl FnMut(Key, Bytes) -> Result<(), E>,
) -> Result<(), E> {
    const PAGE: usize = 1_024;
    let mut from = from;
    loop {
        let page = rows.scan(&from, to, PAGE)?;
        let last = (page.len() == PAGE).then(|| page.last().map(|(key, _)| key.clone()));
        for (key, value) in page {
            each(key, value)?;
        }
        match last.flatten() {
            Some(key) => from = after(&key),
            None => return Ok(()),
        }
    }
}
