//! `Books`: the schemas and layouts that stored bytes refer to; each is stored before or with them.

use rustc_hash::FxHashSet;

use super::format::{self, ReadError, Unreadable};
use super::rows::each_row;
use super::{Ending, Rows};
use crate::durable::{Completion, Layout, LayoutId};
use crate::schema::{SchemaId, Stored, book};
use crate::store::keys::{self, Row, Tag};
use crate::store::{Bytes, Key};

/// What one shard has made sure of in this life.
#[derive(Debug, Default)]
pub(crate) struct Books {
    schemas: FxHashSet<SchemaId>,
    layouts: FxHashSet<LayoutId>,
    new: Vec<(Key, Bytes)>,
}

impl Books {
    /// These bytes will be stored.
    pub(crate) fn stored(&mut self, stored: &Stored) {
        self.schema(stored.schema);
    }

    pub(crate) fn schema(&mut self, id: SchemaId) {
        if self.schemas.insert(id)
            && let Some(bytes) = book::bytes(id)
        {
            let key = Row::Schema { hash: id.0 }.key();
            self.new.push((key, bytes.to_vec()));
        }
    }

    pub(crate) fn layout(&mut self, id: LayoutId) {
        if self.layouts.insert(id)
            && let Some(layout) = Layout::get(id)
        {
            for (_, schema) in &layout.slots {
                self.schema(*schema);
            }
            let key = Row::Layout { hash: id.0 }.key();
            self.new.push((key, layout.bytes()));
        }
    }

    pub(crate) fn ending(&mut self, ending: &Ending) {
        if let Ending::Completed(value) | Ending::Error(value) = ending {
            self.stored(value);
        }
    }

    pub(crate) fn completion(&mut self, completion: &Completion) {
        if let Completion::Value(value) = completion {
            self.stored(value);
        }
    }

    /// The rows that the next batch must have.
    pub(crate) fn take_new(&mut self) -> Vec<(Key, Bytes)> {
        std::mem::take(&mut self.new)
    }
}

/// Puts everything that earlier lives stored into the books of this process.
///
/// # Errors
/// A row that cannot be read is named: without it, values that refer to it could not be read.
pub fn read_books(rows: &dyn Rows) -> Result<(), ReadError> {
    let (from, to) = keys::tag_range(Tag::Schema);
    each_row(rows, from, &to, |key, value| {
        let Some(Row::Schema { hash }) = Row::parse(&key) else {
            return Err(ReadError::row(&key, Unreadable::damaged("its key")));
        };
        book::load(SchemaId(hash), &value)
            .map_err(|why| ReadError::row(&key, Unreadable::damaged(why)))
    })?;
    let (from, to) = keys::tag_range(Tag::Layout);
    each_row(rows, from, &to, |key, value| {
        let layout = Layout::read(&value)
            .ok_or_else(|| ReadError::row(&key, Unreadable::damaged("it is no layout")))?;
        layout.insert();
        Ok(())
    })
}

/// The epoch and the time of the last commit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct HighWater {
    /// The store's virtual partitions (rule 36).
    pub partitions: u16,
    /// The last committed epoch (rule 6).
    pub epoch: u64,
    /// Engine time then (rule 35).
    pub now: crate::durable::Timestamp,
}

impl HighWater {
    fn key() -> Key {
        Row::Meta { name: "kernel" }.key()
    }

    /// Reads it; a new store has none.
    ///
    /// # Errors
    /// The store fails, or a newer version wrote the row.
    pub fn read(rows: &dyn Rows) -> Result<Self, ReadError> {
        match rows.get(&Self::key())? {
            None => Ok(HighWater::default()),
            Some(row) => format::read(&row).map_err(|why| ReadError::row(&Self::key(), why)),
        }
    }

    /// Its row, part of every batch.
    #[must_use]
    pub fn row(&self) -> (Key, Bytes) {
        (Self::key(), format::write(self))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::store::memory::MemoryDisk;
    use crate::store::{Batch, OpenStore, Store};

    fn keys(books: &mut Books) -> Vec<Key> {
        books.take_new().into_iter().map(|(key, _)| key).collect()
    }

    fn schema_of(stored: &Stored) -> Key {
        let hash = stored.schema.0;
        Row::Schema { hash }.key()
    }

    #[test]
    fn what_an_instance_ends_with_is_stored_with_its_schema() {
        let value = Stored::write(&("text".to_owned(), 7u8)).unwrap();
        for ending in [
            Ending::Completed(value.clone()),
            Ending::Error(value.clone()),
        ] {
            let mut books = Books::default();
            books.ending(&ending);
            assert_eq!(keys(&mut books), [schema_of(&value)]);
        }
    }

    #[test]
    fn a_completion_is_stored_with_its_schema() {
        let value = Stored::write(&("text".to_owned(), 7u8)).unwrap();
        let mut books = Books::default();
        books.completion(&Completion::Value(value.clone()));
        assert_eq!(keys(&mut books), [schema_of(&value)]);
    }

    #[test]
    fn a_damaged_row_of_the_books_is_named() {
        for row in [Row::Schema { hash: 7 }, Row::Layout { hash: 7 }] {
            let store = MemoryDisk::new().open().unwrap();
            let mut batch = Batch::new();
            batch.put(row.key(), vec![255; 3]);
            store.commit(batch).unwrap();
            let store: Arc<dyn Store> = store;
            let error = read_books(&store).unwrap_err();
            let name = keys::display(&row.key());
            assert!(error.to_string().contains(&name), "{error}");
        }
    }
}
