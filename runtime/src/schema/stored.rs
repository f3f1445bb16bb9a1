//! A value in the store: its bytes and the schema they were written by.

use std::any::type_name;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::error::ValueError;
use super::id::SchemaId;
use super::known::known;

/// Postcard bytes beside the id of the schema of the type that wrote them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stored {
    /// The writer's schema.
    pub schema: SchemaId,
    /// The value in postcard.
    pub bytes: Vec<u8>,
}

impl Stored {
    /// Writes a value.
    ///
    /// # Errors
    /// If the type or the value cannot be stored.
    pub fn write<T: Serialize + DeserializeOwned + 'static>(
        value: &T,
    ) -> Result<Stored, ValueError> {
        let mut bytes = Vec::new();
        write_into(value, &mut bytes)?;
        Ok(Stored {
            schema: known::<T>().id,
            bytes,
        })
    }

    /// Reads the value as a `T`, which may have changed since it was written.
    ///
    /// # Errors
    /// If the bytes are damaged, or if what was written does not fit `T`.
    pub fn read<T: DeserializeOwned + 'static>(&self) -> Result<T, ValueError> {
        read_from(self.schema, &self.bytes)
    }
}

/// Appends the value's bytes to `out`; the id of their schema is [`id_of::<T>()`](super::id_of).
/// On an error `out` is left as it was.
///
/// # Errors
/// If the type or the value cannot be stored.
pub fn write_into<T: Serialize + DeserializeOwned + 'static>(
    value: &T,
    out: &mut Vec<u8>,
) -> Result<(), ValueError> {
    known::<T>().storable.clone()?;
    let bytes = postcard::to_stdvec(value).map_err(|why| ValueError::Write {
        type_name: type_name::<T>().into(),
        why: why.to_string(),
    })?;
    out.extend_from_slice(&bytes);
    Ok(())
}

/// Reads all of `bytes`, which were written by the type with this schema, as a `T`.
///
/// # Errors
/// If the bytes are damaged, or if what was written does not fit `T`.
pub fn read_from<T: DeserializeOwned + 'static>(
    schema: SchemaId,
    bytes: &[u8],
) -> Result<T, ValueError> {
    let known = known::<T>();
    let type_name: String = type_name::<T>().into();
    if schema != known.id {
        return Err(ValueError::UnknownSchema { type_name, schema });
    }
    let corrupt = |why: String| ValueError::Corrupt {
        type_name: type_name.clone(),
        why,
    };
    let (value, rest) =
        postcard::take_from_bytes(bytes).map_err(|error| corrupt(error.to_string()))?;
    if rest.is_empty() {
        Ok(value)
    } else {
        Err(corrupt(format!("{} bytes are left over", rest.len())))
    }
}
