//! What JSON can say, given to a type: as a text of JSON would give it.
//!
//! Beyond what `serde_json` takes: numbers may be written as strings, since many a JSON library
//! rounds large ones and none can say NaN; and a map whose keys are no texts is a list of pairs.

use serde::de::Visitor;

use super::access::Entries;
use super::{visit_fields, visit_items};
use crate::schema::fault::Fault;
use crate::schema::json::Json;
use crate::schema::name::Name;
use crate::schema::value::{Body, Value};

pub(super) fn integer(json: &Json) -> Option<i128> {
    match json {
        Json::Integer(number) => Some(*number),
        Json::Text(digits) => digits.parse().ok(),
        _ => None,
    }
}

/// What does not fit into an `i128`.
pub(super) fn large(json: &Json) -> Option<u128> {
    match json {
        Json::Text(digits) => digits.parse().ok(),
        _ => None,
    }
}

pub(super) fn float(json: &Json) -> Option<f64> {
    match json {
        Json::Integer(number) => Some(*number as f64),
        Json::Float(number) => Some(*number),
        Json::Text(text) => match text.as_str() {
            "NaN" => Some(f64::NAN),
            "Infinity" => Some(f64::INFINITY),
            "-Infinity" => Some(f64::NEG_INFINITY),
            digits if digits.ends_with(|last: char| last.is_ascii_digit()) => digits.parse().ok(),
            _ => None,
        },
        _ => None,
    }
}

pub(super) fn character(json: &Json) -> Option<char> {
    let Json::Text(text) = json else { return None };
    let mut chars = text.chars();
    chars.next().filter(|_| chars.next().is_none())
}

pub(super) fn bytes(json: &Json) -> Option<Vec<u8>> {
    let Json::List(items) = json else { return None };
    let byte = |item: &Json| u8::try_from(integer(item)?).ok();
    items.iter().map(byte).collect()
}

pub(super) fn values(items: Vec<Json>) -> Vec<Value> {
    items.into_iter().map(Value::Json).collect()
}

pub(super) fn fields(entries: Vec<(String, Json)>) -> Vec<(Name, Value)> {
    let field = |(name, value): (String, Json)| (name.as_str().into(), Value::Json(value));
    entries.into_iter().map(field).collect()
}

/// The entries of a map: of an object, or of a list of pairs.
pub(super) fn entries(json: Json) -> Result<Entries, Json> {
    let entries = match json {
        Json::Object(entries) => entries
            .into_iter()
            .map(|(key, value)| (Value::Json(Json::Text(key)), Value::Json(value)))
            .collect(),
        Json::List(items) if items.iter().all(is_pair) => items.into_iter().map(pair).collect(),
        other => return Err(other),
    };
    Ok(Entries::new(entries))
}

fn is_pair(json: &Json) -> bool {
    matches!(json, Json::List(pair) if pair.len() == 2)
}

fn pair(json: Json) -> (Value, Value) {
    let mut parts = match json {
        Json::List(pair) => pair.into_iter(),
        _ => Vec::new().into_iter(),
    };
    let mut next = || Value::Json(parts.next().unwrap_or(Json::Null));
    (next(), next())
}

/// A variant: a text for one that holds nothing, else an object of one entry.
pub(super) fn variant(json: Json) -> Result<(Name, Body), Json> {
    match json {
        Json::Text(name) => Ok((name.as_str().into(), Body::Unit)),
        Json::Object(mut entries) if entries.len() == 1 => match entries.pop() {
            Some((name, value)) => {
                let body = Body::Newtype(Box::new(Value::Json(value)));
                Ok((name.as_str().into(), body))
            }
            None => Err(Json::Null),
        },
        other => Err(other),
    }
}

/// Shows a type that takes anything what there is.
pub(super) fn any<'de, V: Visitor<'de>>(json: Json, visitor: V) -> Result<V::Value, Fault> {
    match json {
        Json::Null => visitor.visit_unit(),
        Json::Bool(value) => visitor.visit_bool(value),
        Json::Integer(number) => match (u64::try_from(number), i64::try_from(number)) {
            (Ok(number), _) => visitor.visit_u64(number),
            (_, Ok(number)) => visitor.visit_i64(number),
            _ => visitor.visit_i128(number),
        },
        Json::Float(number) => visitor.visit_f64(number),
        Json::Text(text) => visitor.visit_string(text),
        Json::List(items) => visit_items(values(items), "sequence", visitor),
        Json::Object(entries) => visit_fields(fields(entries), visitor),
    }
}
