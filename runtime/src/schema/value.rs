//! Any stored value, without the type that wrote it.

use super::json::Json;
use super::name::Name;

/// A stored value as its schema describes it: nothing is lost but the type.
///
/// It prints like Rust's `Debug`: `Order { id: 7, status: Paid { at: 99 } }`.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// `()`.
    Unit,
    /// A truth value.
    Bool(bool),
    /// An unsigned integer and the width it was stored in.
    Unsigned(u128, Width),
    /// A signed integer and the width it was stored in.
    Signed(i128, Width),
    /// A float; a NaN keeps its payload.
    F32(f32),
    /// A float; a NaN keeps its payload.
    F64(f64),
    /// A character.
    Char(char),
    /// Text.
    Str(String),
    /// Bytes, or a sequence of `u8`, which is stored in the same way.
    Bytes(Vec<u8>),
    /// An option.
    Option(Option<Box<Value>>),
    /// A sequence of any length, but not of `u8`.
    Seq(Vec<Value>),
    /// A map in the order it was stored, with keys of any kind.
    Map(Vec<(Value, Value)>),
    /// A tuple or an array.
    Tuple(Vec<Value>),
    /// A struct without fields.
    UnitStruct(Name),
    /// A struct of one unnamed field.
    Newtype(Name, Box<Value>),
    /// A struct of unnamed fields.
    TupleStruct(Name, Vec<Value>),
    /// A struct of named fields.
    Struct(Name, Vec<(Name, Value)>),
    /// A variant of an enum.
    Variant {
        /// The variant's name.
        name: Name,
        /// Other names the writer's type took for it.
        aliases: Vec<Name>,
        /// What the variant holds.
        body: Body,
    },
    /// What came as JSON, and whose type only its reader knows.
    Json(Json),
}

/// What a variant holds.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Body {
    /// Nothing.
    Unit,
    /// One unnamed field.
    Newtype(Box<Value>),
    /// Unnamed fields.
    Tuple(Vec<Value>),
    /// Named fields.
    Struct(Vec<(Name, Value)>),
}

/// How many bits an integer was stored for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// 8 bits.
    W8,
    /// 16 bits.
    W16,
    /// 32 bits.
    W32,
    /// 64 bits.
    W64,
    /// 128 bits.
    W128,
}

impl Value {
    /// The document, if it is one.
    pub(super) fn json(&self) -> Option<&Json> {
        match self {
            Value::Json(json) => Some(json),
            _ => None,
        }
    }
}
