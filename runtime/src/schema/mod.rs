//! Stored values: postcard bytes beside the schema of the type that wrote them.
//!
//! Pure: no clock, no I/O.

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
mod kinds;
mod known;
mod model;
mod name;
mod stored;
#[cfg(test)]
mod tests;
mod trace;
mod value;
mod write;

pub use self::error::{Untraceable, ValueError};
pub use self::id::SchemaId;
pub use self::known::id_of;
pub use self::model::Schema;
pub use self::name::Name;
pub use self::stored::{Stored, describe, read_from, write_into};
pub use self::trace::trace;
pub use self::value::{Body, Value, Width};

/// How deep values may nest, so that none can exhaust the stack.
pub(crate) const DEPTH: usize = 128;
