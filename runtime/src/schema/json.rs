//! `Json`: a value that came as JSON, from somebody who does not know its type.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::error::ValueError;
use super::evolve::Evolving;
use super::known::known;
use super::model::Schema;
use super::stored::{Stored, short};
use super::value::Value;

/// A JSON document. It can be stored, and what is stored as one can be read as any type that JSON
/// can say: the type sees what it would see in a text of JSON.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use undying::schema::{Json, Stored};
///
/// #[derive(Serialize, Deserialize, Debug, PartialEq)]
/// enum Decision {
///     Granted { by: String },
///     Refused,
/// }
///
/// let granted = Json::Object(vec![(
///     "Granted".into(),
///     Json::Object(vec![("by".into(), Json::Text("ann".into()))]),
/// )]);
/// let stored = Stored::write(&granted)?;
/// assert_eq!(stored.read::<Decision>()?, Decision::Granted { by: "ann".into() });
/// assert_eq!(stored.describe()?.to_string(), r#"{"Granted":{"by":"ann"}}"#);
/// # Ok::<(), undying::schema::ValueError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename = "undying::Json")]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number without a fraction or an exponent.
    Integer(i128),
    /// Any other number.
    Float(f64),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object, in the order it was written.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads the document as a `T`.
    ///
    /// # Errors
    /// [`ValueError::Json`] when it does not fit, with the place.
    pub fn read<T: DeserializeOwned>(self) -> Result<T, ValueError> {
        T::deserialize(Evolving(Value::Json(self))).map_err(|fault| {
            let (place, why) = fault.in_json();
            ValueError::Json {
                type_name: short(std::any::type_name::<T>()).into(),
                place,
                why,
            }
        })
    }

    /// The document that is stored as these bytes, if the schema is that of documents.
    pub(super) fn stored(schema: &Schema, bytes: &[u8]) -> Option<Result<Json, ValueError>> {
        let known = known::<Json>();
        (*schema == *known.schema).then(|| super::stored::read_from(known.id, bytes))
    }
}

/// A document is printed as JSON.
impl std::fmt::Display for Json {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Json::Null => f.write_str("null"),
            Json::Bool(value) => write!(f, "{value}"),
            Json::Integer(value) => write!(f, "{value}"),
            Json::Float(value) => write!(f, "{value:?}"),
            Json::Text(value) => text(value, f),
            Json::List(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    f.write_str(if index == 0 { "" } else { "," })?;
                    item.fmt(f)?;
                }
                f.write_str("]")
            }
            Json::Object(entries) => {
                f.write_str("{")?;
                for (index, (key, value)) in entries.iter().enumerate() {
                    f.write_str(if index == 0 { "" } else { "," })?;
                    text(key, f)?;
                    f.write_str(":")?;
                    value.fmt(f)?;
                }
                f.write_str("}")
            }
        }
    }
}

fn text(text: &str, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    use std::fmt::Write as _;

    f.write_str("\"")?;
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(f, "\\{c}")?,
            c if c.is_ascii_control() => write!(f, "\\u{:04x}", u32::from(c))?,
            c => f.write_char(c)?,
        }
    }
    f.write_str("\"")
}

impl From<Json> for Value {
    fn from(json: Json) -> Self {
        Value::Json(json)
    }
}

impl Stored {
    /// Whether it is a [`Json`] document.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.schema == known::<Json>().id
    }
}
