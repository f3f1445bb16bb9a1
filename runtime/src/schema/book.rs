//! The schemas this process knows, by content.

use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use rustc_hash::FxHashMap;

use super::error::ValueError;
use super::id::SchemaId;
use super::model::Schema;

#[derive(Clone)]
struct Page {
    schema: Arc<Schema>,
    bytes: Arc<[u8]>,
}

static BOOK: LazyLock<RwLock<FxHashMap<SchemaId, Page>>> = LazyLock::new(RwLock::default);

fn page(id: SchemaId) -> Option<Page> {
    BOOK.read()
        .unwrap_or_else(PoisonError::into_inner)
        .get(&id)
        .cloned()
}

/// The schema with this id, if it was traced or inserted in this process.
pub fn get(id: SchemaId) -> Option<Arc<Schema>> {
    page(id).map(|page| page.schema)
}

/// The schema's bytes, as a store keeps them beside the id.
pub fn bytes(id: SchemaId) -> Option<Arc<[u8]>> {
    page(id).map(|page| page.bytes)
}

/// Makes the schema known, and returns the id of its content.
pub fn insert(schema: Schema) -> SchemaId {
    let bytes = schema.to_bytes();
    let id = SchemaId::of_bytes(&bytes);
    let page = Page {
        schema: Arc::new(schema),
        bytes: bytes.into(),
    };
    BOOK.write()
        .unwrap_or_else(PoisonError::into_inner)
        .entry(id)
        .or_insert(page);
    id
}

/// Makes a stored schema known under the id it was stored by.
///
/// # Errors
/// [`ValueError::Damaged`] if the bytes are not the schema with this id.
pub fn load(id: SchemaId, bytes: &[u8]) -> Result<(), ValueError> {
    let schema = Schema::from_bytes(bytes)?;
    if insert(schema) == id {
        Ok(())
    } else {
        Err(ValueError::Damaged {
            type_name: "Schema".into(),
            place: id.to_string(),
            why: "its bytes have another content hash".into(),
        })
    }
}
