//! Values as bytes: the first form, to be widened to schemas.
#![allow(
    missing_docs,
    missing_debug_implementations,
    clippy::unwrap_used,
    clippy::missing_errors_doc
)]
use serde::*;
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SchemaId(pub u64);
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("x")]
pub enum ValueError {
    X(String),
}
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stored {
    pub schema: SchemaId,
    pub bytes: Vec<u8>,
}
impl Stored {
    pub fn write<T: Serialize + de::DeserializeOwned + 'static>(
        t: &T,
    ) -> Result<Stored, ValueError> {
        Ok(Stored {
            schema: id_of::<T>(),
            bytes: postcard::to_stdvec(t).unwrap(),
        })
    }
    pub fn read<T: Serialize + de::DeserializeOwned + 'static>(&self) -> Result<T, ValueError> {
        read_from(self.schema, &self.bytes)
    }
}
pub fn id_of<T: de::DeserializeOwned + 'static>() -> SchemaId {
    SchemaId(0)
}
pub fn write_into<T: Serialize>(t: &T, o: &mut Vec<u8>) -> Result<(), ValueError> {
    o.extend(postcard::to_stdvec(t).unwrap());
    Ok(())
}
pub fn read_from<T: de::DeserializeOwned + 'static>(
    _: SchemaId,
    b: &[u8],
) -> Result<T, ValueError> {
    Ok(postcard::from_bytes(b).unwrap())
}
