//! A value in the store: its bytes and the schema they were written by.

use std::any::type_name;
use std::cell::Cell;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::book;
use super::decode::decode;
use super::error::ValueError;
use super::evolve::Evolving;
use super::fault::Fault;
use super::guard::{EMPTY_PARTS, Guard};
use super::id::SchemaId;
use super::json::Json;
use super::known::{Known, known};
use super::model::{Node, Schema};
use super::value::Value;
use super::write::write;

/// Postcard bytes beside the id of the schema of the type that wrote them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stored {
    /// The writer's schema.
    pub schema: SchemaId,
    /// The value in postcard.
    #[serde(with = "serde_bytes")]
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
        // Room for most values, so that few grow.
        Stored::write_in(Vec::with_capacity(64), value)
    }

    /// Writes a value into the memory of another one.
    pub(crate) fn write_in<T: Serialize + DeserializeOwned + 'static>(
        mut bytes: Vec<u8>,
        value: &T,
    ) -> Result<Stored, ValueError> {
        bytes.clear();
        let known = known::<T>();
        write_known(known, value, &mut bytes)?;
        let schema = known.id;
        Ok(Stored { schema, bytes })
    }

    /// Reads the value as a `T`, which may have changed since it was written.
    ///
    /// # Errors
    /// If the bytes are damaged, or if what was written does not fit `T`.
    pub fn read<T: DeserializeOwned + 'static>(&self) -> Result<T, ValueError> {
        read_from(self.schema, &self.bytes)
    }

    /// Whether it is the `Err` of a `Result`. Nothing is known of a value whose schema is
    /// [opaque](Schema::is_opaque): then it is not.
    #[must_use]
    pub fn is_err(&self) -> bool {
        // The second variant; most values are told apart by that byte.
        self.bytes.first() == Some(&1)
            && book::get(self.schema).is_some_and(|schema| match schema.root() {
                Node::Enum(name, variants) => {
                    &**name == "Result" && variants.get(1).is_some_and(|it| &*it.name == "Err")
                }
                _ => false,
            })
    }

    /// Reads the value without the type that wrote it, to print all of it. A `Stored` prints
    /// itself too, at most 1 KiB of it, and never fails.
    ///
    /// # Errors
    /// If the writer's schema is unknown or [opaque](Schema::is_opaque), or the bytes are damaged.
    pub fn describe(&self) -> Result<Value, ValueError> {
        let schema = self.schema;
        let type_name = || type_name::<Value>().into();
        let writer = book::get(schema).ok_or_else(|| ValueError::UnknownSchema {
            type_name: type_name(),
            schema,
        })?;
        describe(&writer, &self.bytes)
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
    write_known(known::<T>(), value, out)
}

fn write_known<T: Serialize + DeserializeOwned>(
    known: &Known,
    value: &T,
    out: &mut Vec<u8>,
) -> Result<(), ValueError> {
    known.storable.clone()?;
    let start = out.len();
    let mut written = write(value, &known.schema, out);
    if written.is_ok() && known.schema.is_opaque() {
        // Nothing was compared with what the type reads, so it is asked.
        let read = read_plainly::<T>(known, &out[start..]);
        written = read
            .map(drop)
            .map_err(|why| Fault::new(format!("it cannot be read back: {why}")));
    }
    written.map_err(|fault| {
        out.truncate(start);
        unwritable(type_name::<T>(), fault)
    })
}

#[cold]
fn unwritable(type_name: &str, fault: Fault) -> ValueError {
    let (place, why) = fault.at(short(type_name));
    ValueError::Unwritable {
        type_name: type_name.into(),
        place,
        why,
    }
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
    known.storable.clone()?;
    if schema == known.id {
        read_plainly(known, bytes).map_err(|why| {
            let again = |value| T::deserialize(Evolving(value)).map(drop);
            diagnose(known, type_name::<T>(), bytes, why, again)
        })
    } else {
        read_changed(known, schema, bytes)
    }
}

/// Reads what the program's own version of the type has written.
fn read_plainly<T: DeserializeOwned>(known: &Known, bytes: &[u8]) -> Result<T, String> {
    let mut postcard = postcard::Deserializer::from_bytes(bytes);
    let value = if known.is_bounded {
        T::deserialize(&mut postcard)
    } else {
        let elements = Cell::new(bytes.len() + EMPTY_PARTS);
        T::deserialize(Guard::new(&mut postcard, &elements))
    };
    let value = value.map_err(|error| error.to_string())?;
    match postcard.finalize().map_or(0, <[u8]>::len) {
        0 => Ok(value),
        left => Err(format!("{left} bytes are left over")),
    }
}

/// Reads what another version of the type, or another type, has written.
fn read_changed<T: DeserializeOwned>(
    known: &Known,
    schema: SchemaId,
    bytes: &[u8],
) -> Result<T, ValueError> {
    let (writer, value) = written(known, type_name::<T>(), schema, bytes)?;
    if let Value::Json(json) = value {
        return json.read();
    }
    T::deserialize(Evolving(value)).map_err(|fault| changed(type_name::<T>(), &writer, fault))
}

/// What another type has written, and that type.
fn written(
    known: &Known,
    type_name: &str,
    schema: SchemaId,
    bytes: &[u8],
) -> Result<(Arc<Schema>, Value), ValueError> {
    let type_name = type_name.to_owned();
    let Some(writer) = book::get(schema) else {
        return Err(ValueError::UnknownSchema { type_name, schema });
    };
    if let Node::Opaque(opaque) = writer.root() {
        let why = known
            .why_opaque
            .as_ref()
            .map(|why| format!(" ({why})"))
            .unwrap_or_default();
        return Err(ValueError::Opaque {
            type_name,
            writer: opaque.type_name.to_string(),
            why,
        });
    }
    let value = describe(&writer, bytes)?;
    Ok((writer, value))
}

#[cold]
fn changed(type_name: &str, writer: &Schema, fault: Fault) -> ValueError {
    let (place, why) = fault.at(writer.name().unwrap_or(short(type_name)));
    ValueError::Changed {
        type_name: type_name.into(),
        place,
        why,
    }
}

/// Says where and why bytes could not be read, which postcard does not.
#[cold]
fn diagnose(
    known: &Known,
    type_name: &str,
    bytes: &[u8],
    why: String,
    again: fn(Value) -> Result<(), Fault>,
) -> ValueError {
    let root = short(type_name);
    let type_name = || type_name.to_owned();
    let value = match decode(&known.schema, bytes) {
        Ok(value) => value,
        Err(_) if known.schema.is_opaque() => {
            let place = root.into();
            return ValueError::Damaged {
                type_name: type_name(),
                place,
                why,
            };
        }
        Err(fault) => {
            let (place, why) = fault.at(root);
            return ValueError::Damaged {
                type_name: type_name(),
                place,
                why,
            };
        }
    };
    let (place, why) = match again(value) {
        Err(fault) => fault.at(root),
        Ok(()) => (root.into(), why),
    };
    ValueError::Refused {
        type_name: type_name(),
        place,
        why,
    }
}

/// Reads any value, without the type that wrote it.
///
/// # Errors
/// If the bytes are damaged, or if the structure of their type could not be traced.
pub fn describe(schema: &Schema, bytes: &[u8]) -> Result<Value, ValueError> {
    if let Node::Opaque(opaque) = schema.root() {
        let writer = opaque.type_name.to_string();
        let type_name = type_name::<Value>().into();
        return Err(ValueError::Opaque {
            type_name,
            writer,
            why: String::new(),
        });
    }
    if let Some(json) = Json::stored(schema, bytes) {
        return json.map(Value::Json);
    }
    decode(schema, bytes).map_err(|fault| {
        let type_name = schema.name().unwrap_or("value");
        let (place, why) = fault.at(type_name);
        ValueError::Damaged {
            type_name: type_name.into(),
            place,
            why,
        }
    })
}

/// The type's name without its path and parameters.
pub(super) fn short(name: &str) -> &str {
    let path = name.split(['<', '(', '[', '&', ' ']).next().unwrap_or(name);
    match path.rsplit("::").next() {
        None | Some("") => "value",
        Some(last) => last,
    }
}
