//! Stored values: postcard bytes beside the schema of the type that wrote them.
//!
//! A type's [`Schema`] is traced once, by driving its `Deserialize` with samples, and is known by
//! the [hash of its content](SchemaId). A value whose schema is still that of the program's type
//! is plain postcard. A value of another schema is read by its writer's, into a self-describing
//! [`Value`], and given to the program's type:
//!
//! | change | old values |
//! |---|---|
//! | fields or variants reordered | read by name |
//! | a field added, optional or `#[serde(default)]` | read; otherwise refused |
//! | a field removed | read without it, unless `#[serde(deny_unknown_fields)]` |
//! | a field or variant renamed with `#[serde(alias = "..")]` | read |
//! | a variant added | read |
//! | a variant removed | read, but for that variant |
//! | an integer of another width or sign | read where the value fits |
//! | `f32` to `f64` | read |
//! | a newtype put around a value, or taken off | read |
//! | a value made optional | read as `Some` |
//! | the fields of a variant moved to a struct of its own, or back | read |
//! | `Vec<T>`, `[T; N]` or bytes as one another | read where the length fits |
//! | anything else | refused, with the place, what is stored and what is wanted |
//!
//! What no schema can see is a change of meaning: the two elements of a tuple swapped, seconds
//! that have become milliseconds.
//!
//! ```
//! # use serde::{Deserialize, Serialize};
//! use undying::schema::Stored;
//!
//! #[derive(Serialize, Deserialize)]
//! struct Order { id: u32, note: String }
//!
//! // A later version of the program.
//! #[derive(Serialize, Deserialize, PartialEq, Debug)]
//! struct NewOrder { #[serde(default)] lines: Vec<u8>, note: String, id: u64 }
//!
//! let stored = Stored::write(&Order { id: 7, note: "hi".into() })?;
//! assert_eq!(stored.describe()?.to_string(), r#"Order { id: 7, note: "hi" }"#);
//! let order: NewOrder = stored.read()?;
//! assert_eq!(order, NewOrder { lines: vec![], note: "hi".into(), id: 7 });
//!
//! let error = stored.read::<(u8, u8)>().unwrap_err().to_string();
//! assert!(error.contains("what is stored is the struct"));
//! # Ok::<(), undying::schema::ValueError>(())
//! ```
//!
//! The module is pure: no clock, no I/O.

mod append;
pub mod book;
mod bounds;
mod canonical;
mod decode;
mod display;
mod error;
mod evolve;
mod fault;
mod guard;
mod id;
mod json;
mod kinds;
mod known;
mod model;
mod name;
mod stored;
#[cfg(test)]
mod tests;
mod text;
mod trace;
mod value;
mod write;

pub(crate) use self::append::{append, append_bytes, append_number, append_text};
pub use self::error::{Untraceable, ValueError};
pub use self::id::SchemaId;
pub use self::json::Json;
pub use self::known::id_of;
pub use self::model::Schema;
pub use self::name::Name;
pub use self::stored::{Stored, describe, read_from, write_into};
pub use self::trace::trace;
pub use self::value::{Body, Value, Width};

/// How deep values may nest, so that none can exhaust the stack.
pub(crate) const DEPTH: usize = 128;
