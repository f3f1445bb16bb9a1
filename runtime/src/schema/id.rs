//! The identity of a schema: a stable hash of its canonical bytes.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::error::ValueError;
use super::model::Schema;

/// The content hash of a [`Schema`]: equal structures have equal ids, in every process and release.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SchemaId(pub u64);

impl SchemaId {
    /// The id of a schema stored as these bytes.
    pub(crate) fn of_bytes(bytes: &[u8]) -> SchemaId {
        SchemaId(xxhash_rust::xxh3::xxh3_64(bytes))
    }
}

impl fmt::Debug for SchemaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SchemaId({self})")
    }
}

impl fmt::Display for SchemaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl Schema {
    /// The schema as it is stored: postcard.
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_stdvec(self).expect("a schema is made of plain values, and memory grows")
    }

    /// The schema stored as these bytes.
    ///
    /// # Errors
    /// [`ValueError::Damaged`] if they are none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Schema, ValueError> {
        let damaged = |why: String| ValueError::Damaged {
            type_name: "Schema".into(),
            place: "Schema".into(),
            why,
        };
        match postcard::take_from_bytes(bytes) {
            Ok((schema, [])) => Ok(schema),
            Ok((_, rest)) => Err(damaged(format!("{} bytes are left over", rest.len()))),
            Err(error) => Err(damaged(error.to_string())),
        }
    }

    /// The content hash of the schema.
    pub fn id(&self) -> SchemaId {
        SchemaId::of_bytes(&self.to_bytes())
    }
}
