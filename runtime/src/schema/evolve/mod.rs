//! Gives a stored value to a type that may have changed since it was written.
//!
//! A value goes in where it means the same: integers of any width that hold it, `f32` as `f64`,
//! a newtype as what it holds and the other way round, a value as `Some` of itself, the parts of
//! structs and the variants of enums by name. What serde makes of a missing or unknown field is
//! the type's own business. Anything else is refused with its place, never bent into shape.

mod access;
mod json;
mod variant;

use serde::de::{Deserializer, Error as _, Visitor};

use self::access::{Entries, Fields, Items};
use self::variant::Chosen;
use super::fault::Fault;
use super::json::Json;
use super::kinds;
use super::name::Name;
use super::value::{Value, Width};
use crate::planted::planted;

/// A value on its way into a type.
pub(crate) struct Evolving(pub(crate) Value);

impl Evolving {
    /// The value without the newtypes around it.
    fn peeled(self) -> Value {
        let mut value = self.0;
        while let Value::Newtype(_, inner) = value {
            value = *inner;
        }
        value
    }
}

fn mismatch(value: &Value, wanted: &str) -> Fault {
    let stored = kinds::of_value(value);
    if matches!(value, Value::Json(_)) {
        return Fault::new(format!("it is {stored}, not {wanted}"));
    }
    Fault::new(format!(
        "what is stored is {stored}, and the program wants {wanted}"
    ))
}

macro_rules! integers {
    ($($deserialize:ident $visit:ident $type:ident;)*) => {$(
        fn $deserialize<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            let value = self.peeled();
            let fitting = match value {
                Value::Unsigned(number, _) => $type::try_from(number).ok(),
                Value::Signed(number, _) => $type::try_from(number).ok(),
                Value::Json(ref json) => json::integer(json)
                    .and_then(|number| $type::try_from(number).ok())
                    .or_else(|| $type::try_from(json::large(json)?).ok()),
                _ => None,
            };
            let wanted = concat!("`", stringify!($type), "`");
            visitor.$visit(fitting.ok_or_else(|| mismatch(&value, wanted))?)
        }
    )*};
}

/// Visits items in order, and minds those nobody asked for.
fn visit_items<'de, I, V: Visitor<'de>>(
    items: I,
    wanted: &str,
    visitor: V,
) -> Result<V::Value, Fault>
where
    I: IntoIterator<Item = Value, IntoIter: ExactSizeIterator>,
{
    let mut items = Items::new(items);
    let value = visitor.visit_seq(&mut items)?;
    match items.left() {
        0 => Ok(value),
        left => Err(Fault::too_many(left, wanted)),
    }
}

fn as_numbers(bytes: Vec<u8>) -> impl ExactSizeIterator<Item = Value> {
    bytes
        .into_iter()
        .map(|byte| Value::Unsigned(byte.into(), Width::W8))
}

fn visit_fields<'de, V: Visitor<'de>>(
    fields: Vec<(Name, Value)>,
    visitor: V,
) -> Result<V::Value, Fault> {
    visitor.visit_map(Fields::new(fields))
}

/// Visits what a tuple of the program may be made from.
fn visit_tuple<'de, V: Visitor<'de>>(
    value: Value,
    len: usize,
    visitor: V,
) -> Result<V::Value, Fault> {
    match value {
        Value::Tuple(items) | Value::TupleStruct(_, items) | Value::Seq(items) => {
            visit_items(items, &format!("{len}"), visitor)
        }
        Value::Bytes(bytes) => visit_items(as_numbers(bytes), &format!("{len}"), visitor),
        Value::Json(Json::List(items)) => {
            visit_items(json::values(items), &format!("{len}"), visitor)
        }
        Value::Unit | Value::UnitStruct(_) if len == 0 => visit_items(Vec::new(), "0", visitor),
        other => Err(mismatch(&other, &format!("{len} unnamed parts"))),
    }
}

/// Visits what a struct of the program may be made from.
fn visit_struct<'de, V: Visitor<'de>>(
    value: Value,
    name: &str,
    visitor: V,
) -> Result<V::Value, Fault> {
    match value {
        Value::Struct(_, fields) if planted!(FieldsByPlace) => {
            let fields: Vec<_> = fields.into_iter().map(|(_, field)| field).collect();
            visit_items(fields, name, visitor)
        }
        Value::Struct(_, fields) => visit_fields(fields, visitor),
        Value::Json(Json::Object(entries)) => visit_fields(json::fields(entries), visitor),
        // A unit that has got fields since, all of them with a default.
        Value::Unit | Value::UnitStruct(_) => visit_fields(Vec::new(), visitor),
        other => Err(mismatch(&other, &format!("the struct `{name}`"))),
    }
}

impl<'de> Deserializer<'de> for Evolving {
    type Error = Fault;

    /// JSON is; what is stored is not.
    fn is_human_readable(&self) -> bool {
        matches!(self.0, Value::Json(_))
    }

    integers! {
        deserialize_i8 visit_i8 i8;
        deserialize_i16 visit_i16 i16;
        deserialize_i32 visit_i32 i32;
        deserialize_i64 visit_i64 i64;
        deserialize_i128 visit_i128 i128;
        deserialize_u8 visit_u8 u8;
        deserialize_u16 visit_u16 u16;
        deserialize_u32 visit_u32 u32;
        deserialize_u64 visit_u64 u64;
        deserialize_u128 visit_u128 u128;
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.peeled() {
            Value::Bool(value) | Value::Json(Json::Bool(value)) => visitor.visit_bool(value),
            other => Err(mismatch(&other, "`bool`")),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.peeled() {
            Value::F32(value) => visitor.visit_f32(value),
            other => match other.json().and_then(json::float) {
                Some(value) => visitor.visit_f32(value as f32),
                None => Err(mismatch(&other, "`f32`")),
            },
        }
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.peeled() {
            Value::F64(value) => visitor.visit_f64(value),
            Value::F32(value) => visitor.visit_f64(value.into()),
            other => match other.json().and_then(json::float) {
                Some(value) => visitor.visit_f64(value),
                None => Err(mismatch(&other, "`f64`")),
            },
        }
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.peeled() {
            Value::Char(value) => visitor.visit_char(value),
            other => match other.json().and_then(json::character) {
                Some(value) => visitor.visit_char(value),
                None => Err(mismatch(&other, "`char`")),
            },
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.peeled() {
            Value::Str(value) | Value::Json(Json::Text(value)) => visitor.visit_string(value),
            other => Err(mismatch(&other, "a string")),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.peeled() {
            Value::Bytes(value) => visitor.visit_byte_buf(value),
            other => match other.json().and_then(json::bytes) {
                Some(value) => visitor.visit_byte_buf(value),
                None => Err(mismatch(&other, "bytes")),
            },
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Value::Option(None) | Value::Json(Json::Null) => visitor.visit_none(),
            Value::Option(Some(value)) => visitor.visit_some(Evolving(*value)),
            Value::Newtype(name, inner) => match Evolving(*inner).peeled() {
                // Either the newtype was dropped, or it has become optional itself.
                Value::Option(None) => Err(Fault::new(format!(
                    "what is stored is `{name}(None)`, and the program wants an option: it could \
                     mean `None` or `Some({name}(None))`"
                ))),
                Value::Option(Some(value)) => visitor.visit_some(Evolving(*value)),
                value => visitor.visit_some(Evolving(value)),
            },
            // What was always there has become optional.
            value => visitor.visit_some(Evolving(value)),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.peeled() {
            Value::Unit | Value::UnitStruct(_) | Value::Json(Json::Null) => visitor.visit_unit(),
            other => Err(mismatch(&other, "`()`")),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.0 {
            Value::Newtype(_, inner) => visitor.visit_newtype_struct(Evolving(*inner)),
            // What stood by itself has got a type of its own.
            value => visitor.visit_newtype_struct(Evolving(value)),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.peeled() {
            // An array may have become a vector.
            Value::Seq(items) | Value::Tuple(items) => visit_items(items, "sequence", visitor),
            Value::Bytes(bytes) => visit_items(as_numbers(bytes), "sequence", visitor),
            Value::Json(Json::List(items)) => visit_items(json::values(items), "sequence", visitor),
            other => Err(mismatch(&other, "a sequence")),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Fault> {
        visit_tuple(self.peeled(), len, visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visit_tuple(self.peeled(), len, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.peeled() {
            Value::Map(entries) => visitor.visit_map(Entries::new(entries)),
            Value::Json(json) => match json::entries(json) {
                Ok(entries) => visitor.visit_map(entries),
                Err(other) => Err(mismatch(&Value::Json(other), "a map")),
            },
            other => Err(mismatch(&other, "a map")),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visit_struct(self.peeled(), name, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.peeled() {
            Value::Variant {
                name,
                aliases,
                body,
            } => visitor.visit_enum(Chosen::new(name, &aliases, body, variants)),
            Value::Json(json) => match json::variant(json) {
                Ok((name, body)) => visitor.visit_enum(Chosen::new(name, &[], body, variants)),
                Err(other) => {
                    let wanted = format!("a variant of `{name}`");
                    Err(mismatch(&Value::Json(other), &wanted))
                }
            },
            other => Err(mismatch(&other, &format!("the enum `{name}`"))),
        }
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if let Value::Json(json) = self.0 {
            return json::any(json, visitor);
        }
        Err(Fault::custom(
            "the program's type needs a self-describing format",
        ))
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_any(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }
}
