//! JSON in and out: documents for typed readers, and stored values without their types.

#[cfg(test)]
mod tests;

use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::problem::Problem;
use crate::schema::{Body, Json, Name, Stored, Value, ValueError};

/// A response with this body.
pub(super) fn response(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_vec(body) {
        Ok(body) => {
            let json = HeaderValue::from_static("application/json");
            (status, [(CONTENT_TYPE, json)], body).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// Reads a body, whatever its content type says.
pub(super) fn parse(body: &Bytes) -> Result<Json, Problem> {
    let parsed: Result<Parsed, _> = serde_json::from_slice(body);
    parsed
        .map(|parsed| parsed.0)
        .map_err(|error| Problem::malformed(format!("the body is not JSON: {error}")))
}

struct Parsed(Json);

impl<'de> Deserialize<'de> for Parsed {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Document).map(Parsed)
    }
}

struct Document;

impl<'de> Visitor<'de> for Document {
    type Value = Json;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Integer(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Integer(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(Parsed(item)) = seq.next_element()? {
            items.push(item);
        }
        Ok(Json::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut entries = Vec::new();
        while let Some((key, Parsed(value))) = map.next_entry()? {
            entries.push((key, value));
        }
        Ok(Json::Object(entries))
    }
}

/// A stored value as it is shown; one that cannot be read is shown as the reason.
pub(super) struct Shown(Result<Value, ValueError>);

impl Shown {
    pub(super) fn of(stored: &Stored) -> Shown {
        Shown(stored.describe())
    }
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Ok(value) => Plain(value).serialize(to),
            Err(why) => {
                let mut map = to.serialize_map(Some(1))?;
                map.serialize_entry("unreadable", &why.to_string())?;
                map.end()
            }
        }
    }
}

/// A stored value as JSON. What JSON cannot say is said in strings and lists: NaN, integers beyond
/// 64 bits, maps with keys that are no texts.
struct Plain<'a>(&'a Value);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Unit | Value::UnitStruct(_) | Value::Option(None) => to.serialize_unit(),
            Value::Bool(value) => to.serialize_bool(*value),
            Value::Unsigned(number, _) => match u64::try_from(*number) {
                Ok(number) => to.serialize_u64(number),
                Err(_) => to.collect_str(number),
            },
            Value::Signed(number, _) => match i64::try_from(*number) {
                Ok(number) => to.serialize_i64(number),
                Err(_) => to.collect_str(number),
            },
            Value::F32(number) if number.is_finite() => to.serialize_f32(*number),
            Value::F64(number) => float(*number, to),
            Value::F32(number) => float(f64::from(*number), to),
            Value::Char(value) => to.serialize_char(*value),
            Value::Str(value) => to.serialize_str(value),
            Value::Bytes(bytes) => to.collect_seq(bytes),
            Value::Option(Some(value)) | Value::Newtype(_, value) => Plain(value).serialize(to),
            Value::Seq(items) | Value::Tuple(items) | Value::TupleStruct(_, items) => {
                to.collect_seq(items.iter().map(Plain))
            }
            Value::Map(entries) => {
                let names: Option<Vec<_>> = entries.iter().map(|(key, _)| text(key)).collect();
                let values = entries.iter().map(|(_, value)| Plain(value));
                match names {
                    Some(names) => to.collect_map(names.iter().zip(values)),
                    None => to.collect_seq(entries.iter().map(|(key, _)| Plain(key)).zip(values)),
                }
            }
            Value::Struct(_, fields) => fields_of(fields, to),
            Value::Variant { name, body, .. } => match body {
                Body::Unit => to.serialize_str(name),
                Body::Newtype(value) => only(name, &Plain(value), to),
                Body::Tuple(items) => only(name, &Items(items), to),
                Body::Struct(fields) => only(name, &Fields(fields), to),
            },
            Value::Json(json) => Written(json).serialize(to),
        }
    }
}

struct Items<'a>(&'a [Value]);

impl Serialize for Items<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.iter().map(Plain))
    }
}

struct Fields<'a>(&'a [(Name, Value)]);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        fields_of(self.0, to)
    }
}

/// A document as it was written.
struct Written<'a>(&'a Json);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Json::Null => to.serialize_unit(),
            Json::Bool(value) => to.serialize_bool(*value),
            Json::Integer(number) => match (u64::try_from(*number), i64::try_from(*number)) {
                (Ok(number), _) => to.serialize_u64(number),
                (_, Ok(number)) => to.serialize_i64(number),
                _ => to.collect_str(number),
            },
            Json::Float(number) => float(*number, to),
            Json::Text(text) => to.serialize_str(text),
            Json::List(items) => to.collect_seq(items.iter().map(Written)),
            Json::Object(entries) => {
                to.collect_map(entries.iter().map(|(key, value)| (key, Written(value))))
            }
        }
    }
}

fn float<S: Serializer>(number: f64, to: S) -> Result<S::Ok, S::Error> {
    match number {
        f64::INFINITY => to.serialize_str("Infinity"),
        f64::NEG_INFINITY => to.serialize_str("-Infinity"),
        number if number.is_nan() => to.serialize_str("NaN"),
        number => to.serialize_f64(number),
    }
}

fn fields_of<S: Serializer>(fields: &[(Name, Value)], to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(fields.iter().map(|(name, value)| (&**name, Plain(value))))
}

fn only<S: Serializer>(name: &str, value: &impl Serialize, to: S) -> Result<S::Ok, S::Error> {
    let mut map = to.serialize_map(Some(1))?;
    map.serialize_entry(name, value)?;
    map.end()
}

/// A key that can be the name of an object's entry.
fn text(key: &Value) -> Option<String> {
    match key {
        Value::Str(text) => Some(text.clone()),
        Value::Char(c) => Some(c.to_string()),
        Value::Unsigned(number, _) => Some(number.to_string()),
        Value::Signed(number, _) => Some(number.to_string()),
        Value::Newtype(_, key) => text(key),
        Value::Variant {
            name,
            body: Body::Unit,
            ..
        } => Some(name.to_string()),
        _ => None,
    }
}
