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
/// parked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[non_exhaustive]
pub enum ValueError {
    /// The type cannot be stored at all.
    #[error(transparent)]
    Untraceable(#[from] Untraceable),
    /// A value could not be written.
    #[error("cannot store `{type_name}`: {why}")]
    Write {
        /// The type of the value.
        type_name: String,
        /// What stands against it.
        why: String,
    },
    /// The value's schema is not in the book: the store lacks it, or it was never loaded.
    #[error(
        "cannot read `{type_name}`: its writer's schema {schema} is unknown; load the store's \
         schemas before its values"
    )]
    UnknownSchema {
        /// The type wanted.
        type_name: String,
        /// The schema of the stored value.
        schema: SchemaId,
    },
    /// The bytes are not a value of the schema they are stored under.
    #[error("`{type_name}` is damaged in the store: {why}")]
    Corrupt {
        /// The type wanted.
        type_name: String,
        /// What is wrong, and where.
        why: String,
    },
}
