//! Prints values like Rust's `Debug`, also in its `{:#}` form.

use std::fmt;

use super::name::Name;
use super::value::{Body, Value};

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Unit => f.write_str("()"),
            Value::Bool(value) => value.fmt(f),
            Value::Unsigned(value, _) => value.fmt(f),
            Value::Signed(value, _) => value.fmt(f),
            Value::F32(value) => value.fmt(f),
            Value::F64(value) => value.fmt(f),
            Value::Char(value) => value.fmt(f),
            Value::Str(value) => value.fmt(f),
            Value::Bytes(value) => write!(f, "b\"{}\"", value.escape_ascii()),
            Value::Option(None) => f.write_str("None"),
            Value::Option(Some(value)) => f.debug_tuple("Some").field(value).finish(),
            Value::Seq(items) => f.debug_list().entries(items).finish(),
            Value::Map(entries) => f
                .debug_map()
                .entries(entries.iter().map(|(key, value)| (key, value)))
                .finish(),
            Value::Tuple(items) => tuple(f, "", items),
            Value::UnitStruct(name) => f.write_str(name),
            Value::Newtype(name, value) => f.debug_tuple(name).field(value).finish(),
            Value::TupleStruct(name, items) => tuple(f, name, items),
            Value::Struct(name, fields) => structure(f, name, fields),
            Value::Json(json) => write!(f, "{json}"),
            Value::Variant { name, body, .. } => match body {
                Body::Unit => f.write_str(name),
                Body::Newtype(value) => f.debug_tuple(name).field(value).finish(),
                Body::Tuple(items) => tuple(f, name, items),
                Body::Struct(fields) => structure(f, name, fields),
            },
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Body::Unit => f.write_str("()"),
            Body::Newtype(value) => value.fmt(f),
            Body::Tuple(items) => tuple(f, "", items),
            Body::Struct(fields) => structure(f, "", fields),
        }
    }
}

fn tuple(f: &mut fmt::Formatter<'_>, name: &str, items: &[Value]) -> fmt::Result {
    let mut tuple = f.debug_tuple(name);
    items.iter().for_each(|item| {
        tuple.field(item);
    });
    if items.is_empty() && name.is_empty() {
        f.write_str("()")
    } else {
        tuple.finish()
    }
}

fn structure(f: &mut fmt::Formatter<'_>, name: &str, fields: &[(Name, Value)]) -> fmt::Result {
    let mut structure = f.debug_struct(name);
    for (name, value) in fields {
        structure.field(name, value);
    }
    structure.finish()
}
