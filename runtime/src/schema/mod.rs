//! Stored values: postcard bytes beside the schema of the type that wrote them.
//!
//! Pure: no clock, no I/O.

pub mod book;
mod canonical;
mod error;
mod id;
mod known;
mod model;
mod name;
mod stored;
mod trace;

pub use self::error::{Untraceable, ValueError};
pub use self::id::SchemaId;
pub use self::known::id_of;
pub use self::model::Schema;
pub use self::stored::{Stored, read_from, write_into};
pub use self::trace::trace;

/// How deep values may nest, so that none can exhaust the stack.
pub(crate) const DEPTH: usize = 128;
