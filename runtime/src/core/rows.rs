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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::memory::MemoryDisk;
    use crate::store::{Batch, OpenStore};

    /// A store with a row under each of these numbers, some of which are damaged.
    fn store(rows: std::ops::Range<u8>, damaged: &[u8]) -> Arc<dyn Store> {
        let disk = MemoryDisk::new();
        let store = disk.open().unwrap();
        let mut batch = Batch::new();
        for row in rows {
            batch.put(vec![row], vec![row]);
        }
        store.commit(batch).unwrap();
        for row in damaged {
            disk.damage(vec![*row]);
        }
        store
    }

    /// The rows that are found, those that are damaged as negative numbers.
    fn found(store: &Arc<dyn Store>, limit: usize) -> Vec<i16> {
        let found = scan_past_damage(store, &[40], &[47], limit).unwrap();
        let number = |(key, value): Found| match value {
            Ok(value) => i16::from(value[0]),
            Err(_) => -i16::from(key[0]),
        };
        found.into_iter().map(number).collect()
    }

    #[test]
    fn damaged_rows_are_found_in_their_places_and_hide_none() {
        let store = store(38..50, &[38, 40, 43, 44, 46, 47]);
        assert_eq!(found(&store, 100), [-40, 41, 42, -43, -44, 45, -46]);
    }

    #[test]
    fn no_more_rows_are_found_than_were_asked_for() {
        let store = store(38..50, &[40, 43, 44]);
        let all = [-40, 41, 42, -43, -44, 45, 46];
        for limit in 0..=all.len() {
            assert_eq!(found(&store, limit), all[..limit]);
        }
    }

    /// A store that says of every scan that this row is damaged.
    struct Broken(u8);

    impl Rows for Broken {
        fn get(&self, _: &[u8]) -> Result<Option<Bytes>, StoreError> {
            Ok(None)
        }

        fn scan(&self, _: &[u8], _: &[u8], _: usize) -> Result<Vec<(Key, Bytes)>, StoreError> {
            Err(StoreError::Corrupt {
                what: "a row".into(),
                key: Some(vec![self.0]),
                remedy: "none",
            })
        }
    }

    #[test]
    fn damage_outside_of_what_is_scanned_is_not_passed_over() {
        for row in [9, 17] {
            let error = scan_past_damage(&Broken(row), &[10], &[17], 5).unwrap_err();
            assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
        }
    }
}
