//! Writes a value in postcard, held to its schema.
//!
//! Serde lets a type be written otherwise than it is read: a skipped field, a variant whose index
//! is shifted by a skipped one, a length that is wrong. In a format without names such a value is
//! misread later, so every step is compared with what the type was seen to read.

mod compound;

use serde::ser::{self, Serialize};

use self::compound::{Compound, Parts};
use super::append;
use super::fault::{Fault, Step};
use super::model::{At, Node, Schema, Shape};
use super::{DEPTH, kinds};

/// Appends `value` to `out`. An opaque schema holds it to nothing but depth and lengths.
pub(crate) fn write<T: Serialize>(
    value: &T,
    schema: &Schema,
    out: &mut Vec<u8>,
) -> Result<(), Fault> {
    let at = if schema.is_opaque() { None } else { Some(0) };
    value.serialize(Writer {
        schema,
        out,
        at,
        depth: 0,
    })
}

struct Writer<'a> {
    schema: &'a Schema,
    out: &'a mut Vec<u8>,
    /// What is read here, if that is known.
    at: Option<At>,
    depth: usize,
}

impl<'a> Writer<'a> {
    /// The node to be read here, without the newtypes around it, which have no bytes.
    #[inline]
    fn expected(&self) -> Option<&'a Node> {
        match self.schema.node(self.at?) {
            Node::Newtype(_, inner) => Some(self.within_newtypes(*inner)),
            node => Some(node),
        }
    }

    fn within_newtypes(&self, at: At) -> &'a Node {
        let mut node = self.schema.node(at);
        // Only a type without values is newtypes all the way down.
        for _ in 0..DEPTH {
            let Node::Newtype(_, inner) = node else { break };
            node = self.schema.node(*inner);
        }
        node
    }

    #[cold]
    fn disagree(&self, written: &str) -> Fault {
        let read = self.expected().map_or("something else", kinds::of_node);
        Fault::new(format!(
            "its `Serialize` writes {written} where its `Deserialize` reads {read}: the two must \
             agree"
        ))
    }

    /// Writes a value that postcard makes one piece of.
    #[inline]
    fn leaf<T: Serialize + ?Sized>(
        self,
        value: &T,
        written: &str,
        fits: impl FnOnce(&Node) -> bool,
    ) -> Result<(), Fault> {
        if !self.expected().is_none_or(fits) {
            return Err(self.disagree(written));
        }
        put(self.out, value)
    }

    #[inline]
    fn inner(self, at: Option<At>) -> Result<Self, Fault> {
        let depth = self.depth + 1;
        if depth > DEPTH {
            Err(Fault::too_deep())
        } else {
            Ok(Writer { at, depth, ..self })
        }
    }

    #[inline]
    fn parts(self, parts: Parts<'a>, len: usize) -> Result<Compound<'a>, Fault> {
        let writer = self.inner(None)?;
        Ok(Compound {
            writer,
            parts,
            written: 0,
            len,
        })
    }

    /// The parts of a tuple or struct, whichever it is called.
    fn places(&self, written: &str, len: usize) -> Result<Parts<'a>, Fault> {
        let parts = match self.expected() {
            None => return Ok(Parts::Unknown),
            Some(Node::Tuple(items) | Node::TupleStruct(_, items)) => Parts::Each(items),
            Some(Node::Array(count, item)) if *count == len as u64 => Parts::Alike(*item),
            Some(Node::Struct(_, fields)) => Parts::Fields(fields),
            Some(Node::Unit | Node::UnitStruct(_)) => Parts::Each(&[]),
            Some(_) => return Err(self.disagree(written)),
        };
        parts.of_length(len)
    }

    /// Writes the number of a variant, after a look at what would be read from it.
    fn variant(&mut self, index: u32, name: &'static str) -> Result<Option<&'a Shape>, Fault> {
        let shape = match self.expected() {
            None => None,
            Some(Node::Enum(_, variants)) => {
                let variant = variants.get(index as usize);
                let known = variant.is_some_and(|variant| {
                    variant.name == *name || variant.aliases.iter().any(|alias| *alias == *name)
                });
                let elsewhere = !known && variants.iter().any(|other| other.name == *name);
                match variant {
                    Some(variant) if !elsewhere && variant.shape != Shape::Refused => {
                        Some(&variant.shape)
                    }
                    _ => {
                        return Err(Fault::new(format!(
                            "`{name}` is written as variant {index}, which is not read back as \
                             `{name}`: a `#[serde(skip)]` on a variant shifts those after it, so \
                             move it to the end, and never store it"
                        )));
                    }
                }
            }
            Some(_) => return Err(self.disagree("a variant")),
        };
        put(self.out, &index)?;
        Ok(shape)
    }
}

#[inline]
fn put<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) -> Result<(), Fault> {
    append(value, out).map_err(|error| Fault::new(error.to_string()))
}

macro_rules! numbers {
    ($($serialize:ident $type:ty, $node:ident $name:literal;)*) => {$(
        #[inline]
        fn $serialize(self, value: $type) -> Result<(), Fault> {
            self.leaf(&value, $name, |node| matches!(node, Node::$node))
        }
    )*};
}

impl<'a> ser::Serializer for Writer<'a> {
    type Ok = ();
    type Error = Fault;
    type SerializeSeq = Compound<'a>;
    type SerializeTuple = Compound<'a>;
    type SerializeTupleStruct = Compound<'a>;
    type SerializeTupleVariant = Compound<'a>;
    type SerializeMap = Compound<'a>;
    type SerializeStruct = Compound<'a>;
    type SerializeStructVariant = Compound<'a>;

    fn is_human_readable(&self) -> bool {
        false
    }

    numbers! {
        serialize_bool bool, Bool "a bool";
        serialize_i8 i8, I8 "an i8";
        serialize_i16 i16, I16 "an i16";
        serialize_i32 i32, I32 "an i32";
        serialize_i64 i64, I64 "an i64";
        serialize_i128 i128, I128 "an i128";
        serialize_u8 u8, U8 "a u8";
        serialize_u16 u16, U16 "a u16";
        serialize_u32 u32, U32 "a u32";
        serialize_u64 u64, U64 "a u64";
        serialize_u128 u128, U128 "a u128";
        serialize_f32 f32, F32 "an f32";
        serialize_f64 f64, F64 "an f64";
    }

    #[inline]
    fn serialize_char(self, value: char) -> Result<(), Fault> {
        self.leaf(&value, "a char", |node| {
            matches!(node, Node::Char | Node::Str)
        })
    }

    #[inline]
    fn serialize_str(self, value: &str) -> Result<(), Fault> {
        self.leaf(value, "a string", |node| {
            matches!(node, Node::Str | Node::Bytes)
        })
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Fault> {
        let schema = self.schema;
        let fits = |node: &Node| match node {
            Node::Bytes => true,
            Node::Seq(item) => matches!(schema.node(*item), Node::U8),
            _ => false,
        };
        if !self.expected().is_none_or(fits) {
            return Err(self.disagree("bytes"));
        }
        put(self.out, &(value.len() as u64))?;
        self.out.extend_from_slice(value);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Fault> {
        self.leaf(&0u8, "an option", |node| matches!(node, Node::Option(_)))
    }

    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Fault> {
        let at = match self.expected() {
            None => None,
            Some(Node::Option(at)) => Some(*at),
            Some(_) => return Err(self.disagree("an option")),
        };
        put(self.out, &1u8)?;
        value.serialize(self.inner(at)?)
    }

    fn serialize_unit(self) -> Result<(), Fault> {
        self.places("nothing", 0).map(drop)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Fault> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        mut self,
        _: &'static str,
        index: u32,
        name: &'static str,
    ) -> Result<(), Fault> {
        match self.variant(index, name)? {
            None | Some(Shape::Unit) => Ok(()),
            Some(_) => Err(self.disagree("a variant without a body")),
        }
    }

    #[inline]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Fault> {
        // Not counted as a level: no value consists of endless newtypes.
        let at = match self.at.map(|at| self.schema.node(at)) {
            Some(Node::Newtype(_, inner)) => Some(*inner),
            _ => self.at,
        };
        value.serialize(Writer { at, ..self })
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        mut self,
        _: &'static str,
        index: u32,
        name: &'static str,
        value: &T,
    ) -> Result<(), Fault> {
        let at = match self.variant(index, name)? {
            None => None,
            Some(Shape::Newtype(at)) => Some(*at),
            Some(_) => return Err(self.disagree("a variant of one unnamed part")),
        };
        let inner = self.inner(at)?;
        value
            .serialize(inner)
            .map_err(|fault| fault.inside(Step::Variant(name.into())))
    }

    #[inline]
    fn serialize_seq(self, len: Option<usize>) -> Result<Compound<'a>, Fault> {
        let parts = match self.expected() {
            None => Parts::Unknown,
            Some(Node::Seq(at)) => Parts::Alike(*at),
            Some(_) => return Err(self.disagree("a sequence")),
        };
        let len = known_length(len)?;
        put(self.out, &(len as u64))?;
        self.parts(parts, len)
    }

    fn serialize_tuple(self, len: usize) -> Result<Compound<'a>, Fault> {
        let parts = self.places("a tuple", len)?;
        self.parts(parts, len)
    }

    fn serialize_tuple_struct(self, _: &'static str, len: usize) -> Result<Compound<'a>, Fault> {
        self.serialize_tuple(len)
    }

    fn serialize_tuple_variant(
        mut self,
        _: &'static str,
        index: u32,
        name: &'static str,
        len: usize,
    ) -> Result<Compound<'a>, Fault> {
        let parts = match self.variant(index, name)? {
            None => Parts::Unknown,
            Some(Shape::Tuple(items)) => Parts::Each(items).of_length(len)?,
            Some(_) => return Err(self.disagree("a variant of unnamed parts")),
        };
        self.parts(parts, len)
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Compound<'a>, Fault> {
        let parts = match self.expected() {
            None => Parts::Unknown,
            Some(Node::Map(key, value)) => Parts::Pairs(*key, *value),
            Some(_) => return Err(self.disagree("a map")),
        };
        let len = known_length(len)?;
        put(self.out, &(len as u64))?;
        self.parts(parts, len)
    }

    #[inline]
    fn serialize_struct(self, _: &'static str, len: usize) -> Result<Compound<'a>, Fault> {
        let parts = self.places("a struct", len)?;
        self.parts(parts, len)
    }

    fn serialize_struct_variant(
        mut self,
        _: &'static str,
        index: u32,
        name: &'static str,
        len: usize,
    ) -> Result<Compound<'a>, Fault> {
        let parts = match self.variant(index, name)? {
            None => Parts::Unknown,
            Some(Shape::Struct(fields)) => Parts::Fields(fields).of_length(len)?,
            Some(_) => return Err(self.disagree("a variant of named parts")),
        };
        self.parts(parts, len)
    }
}

fn known_length(len: Option<usize>) -> Result<usize, Fault> {
    len.ok_or_else(|| {
        Fault::new("its length is not known beforehand: collect it into a `Vec` or map first")
    })
}
