//! Reads bytes by their writer's schema into a self-describing value.

use serde::Deserialize;

use super::DEPTH;
use super::fault::{Fault, Step};
use super::kinds;
use super::model::{At, Field, Node, Schema, Shape};
use super::name::Name;
use super::value::{Body, Value, Width};

/// How many levels are read: more than are written, because newtypes are levels here.
const LEVELS: usize = 2 * DEPTH;

/// How many parts without bytes are read: a hostile length of a `Vec<()>` must end somewhere, and each of
/// its elements is a [`Value`] here.
const EMPTY_PARTS: usize = 1 << 13;

/// Reads all of `bytes`.
pub(crate) fn decode(schema: &Schema, bytes: &[u8]) -> Result<Value, Fault> {
    let mut decoder = Decoder {
        schema,
        rest: bytes,
        empty_parts: EMPTY_PARTS,
    };
    let value = decoder.value(0, 0)?;
    match decoder.rest.len() {
        0 => Ok(value),
        left => Err(Fault::new(format!("{left} bytes are left over"))),
    }
}

struct Decoder<'a> {
    schema: &'a Schema,
    rest: &'a [u8],
    /// How many more parts without bytes may be read.
    empty_parts: usize,
}

impl<'a> Decoder<'a> {
    /// Takes what postcard makes one piece of.
    fn take<T: Deserialize<'a>>(&mut self, node: &Node) -> Result<T, Fault> {
        let (value, rest) = postcard::take_from_bytes(self.rest).map_err(|error| {
            let kind = kinds::of_node(node);
            match error {
                postcard::Error::DeserializeUnexpectedEnd => {
                    Fault::new(format!("the bytes end before or inside {kind}"))
                }
                _ => Fault::new(format!("the bytes are not {kind}")),
            }
        })?;
        self.rest = rest;
        Ok(value)
    }

    fn value(&mut self, at: At, depth: usize) -> Result<Value, Fault> {
        if depth > LEVELS {
            return Err(Fault::too_deep());
        }
        let before = self.rest.len();
        let value = self.node(self.schema.node(at), depth + 1)?;
        if self.rest.len() == before {
            self.empty_parts = self
                .empty_parts
                .checked_sub(1)
                .ok_or_else(|| Fault::new("it has too many parts that take no bytes"))?;
        }
        Ok(value)
    }

    fn node(&mut self, node: &Node, depth: usize) -> Result<Value, Fault> {
        Ok(match node {
            Node::Bool => Value::Bool(self.take(node)?),
            Node::I8 => Value::Signed(self.take::<i8>(node)?.into(), Width::W8),
            Node::I16 => Value::Signed(self.take::<i16>(node)?.into(), Width::W16),
            Node::I32 => Value::Signed(self.take::<i32>(node)?.into(), Width::W32),
            Node::I64 => Value::Signed(self.take::<i64>(node)?.into(), Width::W64),
            Node::I128 => Value::Signed(self.take(node)?, Width::W128),
            Node::U8 => Value::Unsigned(self.take::<u8>(node)?.into(), Width::W8),
            Node::U16 => Value::Unsigned(self.take::<u16>(node)?.into(), Width::W16),
            Node::U32 => Value::Unsigned(self.take::<u32>(node)?.into(), Width::W32),
            Node::U64 => Value::Unsigned(self.take::<u64>(node)?.into(), Width::W64),
            Node::U128 => Value::Unsigned(self.take(node)?, Width::W128),
            Node::F32 => Value::F32(self.take(node)?),
            Node::F64 => Value::F64(self.take(node)?),
            Node::Char => Value::Char(self.take(node)?),
            Node::Str => Value::Str(self.take::<&str>(node)?.into()),
            Node::Bytes => Value::Bytes(self.take::<&[u8]>(node)?.into()),
            Node::Unit => Value::Unit,
            Node::UnitStruct(name) => Value::UnitStruct(name.clone()),
            Node::Option(item) => Value::Option(match self.take::<u8>(node)? {
                0 => None,
                1 => Some(Box::new(self.value(*item, depth)?)),
                tag => return Err(Fault::new(format!("{tag} is neither `None` nor `Some`"))),
            }),
            // A value for each of a million bytes would be fifty times their size.
            Node::Seq(item) if matches!(self.schema.node(*item), Node::U8) => {
                Value::Bytes(self.take::<&[u8]>(node)?.into())
            }
            Node::Seq(item) => {
                let len = self.take(node)?;
                Value::Seq(self.repeated(*item, len, depth)?)
            }
            Node::Array(len, item) => Value::Tuple(self.repeated(*item, *len, depth)?),
            Node::Map(key, value) => {
                let len = self.take(node)?;
                Value::Map(self.entries(*key, *value, len, depth)?)
            }
            Node::Tuple(items) => Value::Tuple(self.each(items, depth)?),
            Node::TupleStruct(name, items) => {
                Value::TupleStruct(name.clone(), self.each(items, depth)?)
            }
            Node::Newtype(name, inner) => {
                Value::Newtype(name.clone(), Box::new(self.value(*inner, depth)?))
            }
            Node::Struct(name, fields) => Value::Struct(name.clone(), self.fields(fields, depth)?),
            Node::Enum(name, variants) => {
                let index: u32 = self.take(node)?;
                let variant = variants.get(index as usize).ok_or_else(|| {
                    let count = variants.len();
                    Fault::new(format!(
                        "`{name}` has {count} variants, and none is number {index}"
                    ))
                })?;
                let body = self
                    .body(&variant.shape, depth)
                    .map_err(|fault| fault.inside(Step::Variant(variant.name.clone())))?;
                let (name, aliases) = (variant.name.clone(), variant.aliases.clone());
                Value::Variant {
                    name,
                    aliases,
                    body,
                }
            }
            Node::Opaque(opaque) => {
                let name = &opaque.type_name;
                return Err(Fault::new(format!(
                    "the structure of `{name}` is not known"
                )));
            }
        })
    }

    fn body(&mut self, shape: &Shape, depth: usize) -> Result<Body, Fault> {
        Ok(match shape {
            Shape::Unit => Body::Unit,
            Shape::Newtype(at) => Body::Newtype(Box::new(self.value(*at, depth)?)),
            Shape::Tuple(items) => Body::Tuple(self.each(items, depth)?),
            Shape::Struct(fields) => Body::Struct(self.fields(fields, depth)?),
            Shape::Refused => return Err(Fault::new("its type never reads this variant")),
        })
    }

    fn repeated(&mut self, item: At, len: u64, depth: usize) -> Result<Vec<Value>, Fault> {
        let mut items = Vec::with_capacity(self.capacity(len));
        for index in 0..len {
            let item = self.value(item, depth);
            items.push(item.map_err(|fault| fault.inside(Step::Index(index as usize)))?);
        }
        Ok(items)
    }

    fn entries(
        &mut self,
        key: At,
        value: At,
        len: u64,
        depth: usize,
    ) -> Result<Vec<(Value, Value)>, Fault> {
        let mut entries = Vec::with_capacity(self.capacity(len));
        for index in 0..len {
            let key = self
                .value(key, depth)
                .map_err(|fault| fault.inside(Step::Key(index as usize)))?;
            let value = self
                .value(value, depth)
                .map_err(|fault| fault.inside(Step::Entry(key.to_string())))?;
            entries.push((key, value));
        }
        Ok(entries)
    }

    fn each(&mut self, items: &[At], depth: usize) -> Result<Vec<Value>, Fault> {
        let values = items.iter().enumerate().map(|(index, at)| {
            self.value(*at, depth)
                .map_err(|fault| fault.inside(Step::Index(index)))
        });
        values.collect()
    }

    fn fields(&mut self, fields: &[Field], depth: usize) -> Result<Vec<(Name, Value)>, Fault> {
        let values = fields.iter().map(|field| {
            let value = self.value(field.at, depth);
            let value = value.map_err(|fault| fault.inside(Step::Field(field.name.clone())))?;
            Ok((field.name.clone(), value))
        });
        values.collect()
    }

    /// Room for a length that may be a lie.
    fn capacity(&self, len: u64) -> usize {
        usize::try_from(len)
            .unwrap_or(usize::MAX)
            .min(self.rest.len())
            .min(1024)
    }
}
