//! What kinds of values are called in messages.

use super::json::Json;
use super::model::Node;
use super::value::{Body, Value, Width};

/// With its article, as in "where its `Deserialize` reads a map".
pub(crate) fn of_node(node: &Node) -> &'static str {
    match node {
        Node::Bool => "a bool",
        Node::I8 => "an i8",
        Node::I16 => "an i16",
        Node::I32 => "an i32",
        Node::I64 => "an i64",
        Node::I128 => "an i128",
        Node::U8 => "a u8",
        Node::U16 => "a u16",
        Node::U32 => "a u32",
        Node::U64 => "a u64",
        Node::U128 => "a u128",
        Node::F32 => "an f32",
        Node::F64 => "an f64",
        Node::Char => "a char",
        Node::Str => "a string",
        Node::Bytes => "bytes",
        Node::Unit | Node::UnitStruct(_) => "nothing",
        Node::Option(_) => "an option",
        Node::Seq(_) => "a sequence",
        Node::Map(..) => "a map",
        Node::Tuple(_) | Node::Array(..) => "a tuple",
        Node::Newtype(..) => "a struct of one unnamed field",
        Node::TupleStruct(..) => "a struct of unnamed fields",
        Node::Struct(..) => "a struct",
        Node::Enum(..) => "an enum",
        Node::Opaque(_) => "an untraceable type",
    }
}

/// The longest part of a value that is printed in a message.
const SHOWN: usize = 60;

/// The kind of a value and, if it is short, the value.
pub(crate) fn of_value(value: &Value) -> String {
    let kind = match value {
        Value::Unit => return "`()`".into(),
        Value::Bool(_) => "the bool",
        Value::Unsigned(_, width) => unsigned(*width),
        Value::Signed(_, width) => signed(*width),
        Value::F32(_) => "the f32",
        Value::F64(_) => "the f64",
        Value::Char(_) => "the char",
        Value::Str(_) => "the string",
        Value::Bytes(_) => "the bytes",
        Value::Option(_) => "the option",
        Value::Seq(_) => "the sequence",
        Value::Map(_) => "the map",
        Value::Tuple(_) => "the tuple",
        Value::UnitStruct(_) | Value::Newtype(..) => "the struct",
        Value::TupleStruct(..) | Value::Struct(..) => "the struct",
        Value::Variant { .. } => "the variant",
        Value::Json(json) => of_json(json),
    };
    let mut shown = value.to_string();
    if let Some((end, _)) = shown.char_indices().nth(SHOWN) {
        shown.truncate(end);
        shown.push_str("..");
    }
    format!("{kind} `{shown}`")
}

fn of_json(json: &Json) -> &'static str {
    match json {
        Json::Null | Json::Bool(_) => "the word",
        Json::Integer(_) | Json::Float(_) => "the number",
        Json::Text(_) => "the string",
        Json::List(_) => "the list",
        Json::Object(_) => "the object",
    }
}

pub(crate) fn of_body(body: &Body) -> &'static str {
    match body {
        Body::Unit => "nothing",
        Body::Newtype(_) => "one unnamed field",
        Body::Tuple(_) => "unnamed fields",
        Body::Struct(_) => "named fields",
    }
}

fn unsigned(width: Width) -> &'static str {
    match width {
        Width::W8 => "the u8",
        Width::W16 => "the u16",
        Width::W32 => "the u32",
        Width::W64 => "the u64",
        Width::W128 => "the u128",
    }
}

fn signed(width: Width) -> &'static str {
    match width {
        Width::W8 => "the i8",
        Width::W16 => "the i16",
        Width::W32 => "the i32",
        Width::W64 => "the i64",
        Width::W128 => "the i128",
    }
}
