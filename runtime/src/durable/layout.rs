//! `Layout`: the names and types of a body's slots and resume points, stored once beside the frames.

use std::any::TypeId;
use std::sync::{Arc, LazyLock, RwLock};

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::schema::SchemaId;

/// The content hash of a [`Layout`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LayoutId(pub u64);

/// What the numbers in a stored frame mean: so a frame written by another version of the function
/// is read by names, never by positions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// The function.
    pub body: String,
    /// Names and schemas of the saved locals.
    pub slots: Vec<(String, SchemaId)>,
    /// Names of the resume points, each with the slots that live there.
    pub points: Vec<(String, Vec<u16>)>,
}

type Book<K, V> = LazyLock<RwLock<FxHashMap<K, V>>>;
static BOOK: Book<LayoutId, Arc<Layout>> = LazyLock::new(RwLock::default);
static OF_TYPE: Book<TypeId, LayoutId> = LazyLock::new(RwLock::default);

/// The id of the layout of a body, which `make` gives when it is asked for first.
pub(crate) fn cached(body: TypeId, make: impl FnOnce() -> Layout) -> LayoutId {
    let known = OF_TYPE
        .read()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    if let Some(id) = known.get(&body) {
        return *id;
    }
    drop(known);
    let id = make().insert();
    OF_TYPE
        .write()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
        .insert(body, id);
    id
}

impl Layout {
    /// The canonical bytes, as stored.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        postcard::to_stdvec(self).expect("a layout is plain data")
    }

    /// Reads [`bytes`](Self::bytes) back.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Layout> {
        postcard::from_bytes(bytes).ok()
    }

    /// Adds it to the process-wide book. Entries are content-addressed, so engines may share it.
    pub fn insert(self) -> LayoutId {
        let id = LayoutId(xxhash_rust::xxh3::xxh3_64(&self.bytes()));
        let mut book = BOOK
            .write()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        book.entry(id).or_insert_with(|| Arc::new(self));
        id
    }

    /// Looks it up in the process-wide book.
    #[must_use]
    pub fn get(id: LayoutId) -> Option<Arc<Layout>> {
        BOOK.read()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .get(&id)
            .cloned()
    }
}
