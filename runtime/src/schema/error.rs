//! What can go wrong with a value: writing it, reading it, or knowing its schema.

use serde::{Deserialize, Serialize};

use super::id::SchemaId;

/// Why a type can have no schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[non_exhaustive]
pub enum Untraceable {
    /// Reading it back would need a format that describes itself.
    #[error(
        "`{type_name}{place}` can only be read from a self-describing format, which stored values \
         are not: remove `#[serde(untagged)]`, `#[serde(tag)]` or `#[serde(flatten)]` there, or \
         store a type of your own instead of `Value`s"
    )]
    NeedsSelfDescribing {
        /// The type that was to be stored.
        type_name: String,
        /// Where in it, as `.lines[].meta`; empty for the type itself.
        place: String,
    },
    /// Two different schemas have one id.
    #[error("`{type_name}` has another schema of the same id {id}: rename one of its fields")]
    Collision {
        /// The type that was to be stored.
        type_name: String,
        /// The id of both.
        id: SchemaId,
    },
}

/// Why a value could not be written or read. It can be stored, as the reason why an instance is
/// parked. Places are paths into the value, as `Order.lines[2].sku`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[non_exhaustive]
pub enum ValueError {
    /// The type cannot be stored at all.
    #[error(transparent)]
    Untraceable(#[from] Untraceable),
    /// A value cannot be written so that it can be read back.
    #[error("cannot store `{place}` (a `{type_name}`): {why}")]
    Unwritable {
        /// The type of the value.
        type_name: String,
        /// Where in the value.
        place: String,
        /// What stands against it, and what to do.
        why: String,
    },
    /// The writer's schema is unknown to this process.
    #[error(
        "cannot read a stored `{type_name}`: its writer's schema {schema} is unknown; load the \
         store's schemas before its values"
    )]
    UnknownSchema {
        /// The type wanted.
        type_name: String,
        /// The schema of the stored value.
        schema: SchemaId,
    },
    /// The bytes are not a value of the schema they are stored under.
    #[error("`{place}` (of a stored `{type_name}`) is damaged: {why}")]
    Damaged {
        /// The type wanted, or the stored one.
        type_name: String,
        /// Where in the value.
        place: String,
        /// What is wrong.
        why: String,
    },
    /// The type has changed since the value was written, beyond what its `Deserialize` takes.
    #[error(
        "`{place}` does not fit the program's `{type_name}`, which has changed since it was \
         stored: {why}"
    )]
    Changed {
        /// The type wanted.
        type_name: String,
        /// Where in the value.
        place: String,
        /// What is stored, what the program wants, and what to do.
        why: String,
    },
    /// The type's own `Deserialize` refuses a value that was written by this same type.
    #[error("`{place}` is refused by `{type_name}` itself: {why}")]
    Refused {
        /// The type wanted.
        type_name: String,
        /// Where in the value.
        place: String,
        /// The type's own words.
        why: String,
    },
    /// The value was written by another version of a type whose structure cannot be known.
    #[error(
        "cannot read a stored `{writer}` as `{type_name}`: its structure could not be traced\
         {why}, so only the version of the type that wrote it can read it; deploy that version \
         until the value is gone"
    )]
    Opaque {
        /// The type wanted.
        type_name: String,
        /// The type that was stored.
        writer: String,
        /// Why it could not be traced, if that is known, as ` (..)`.
        why: String,
    },
    /// A JSON document does not fit the type that was to be read from it.
    #[error("the JSON does not fit `{type_name}`: {place}: {why}")]
    Json {
        /// The type wanted.
        type_name: String,
        /// Where in the document, as `` `lines[2].sku` ``.
        place: String,
        /// What is there, and what is wanted.
        why: String,
    },
}
