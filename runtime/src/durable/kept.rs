//! `Kept`: a stored value inside of another value, beside its own schema.

use serde::{Deserialize, Serialize};

use crate::schema::{SchemaId, Stored, ValueError, book};

/// A store keeps the schemas of the values that stand in its rows, not of those within these: such a
/// value brings its own, so that it can be read years later as any other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    #[serde(with = "serde_bytes")]
    schema: Vec<u8>,
    #[serde(with = "serde_bytes")]
    bytes: Vec<u8>,
}

impl Kept {
    pub(crate) fn of(stored: Stored) -> Self {
        let schema = book::bytes(stored.schema);
        Kept {
            schema: schema.map_or_else(Vec::new, |bytes| bytes.to_vec()),
            bytes: stored.bytes,
        }
    }

    /// The value, whose schema is known from now on.
    pub(crate) fn stored(self) -> Result<Stored, ValueError> {
        let schema = SchemaId::of_bytes(&self.schema);
        book::load(schema, &self.schema)?;
        Ok(Stored {
            schema,
            bytes: self.bytes,
        })
    }
}
