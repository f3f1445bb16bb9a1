//! Entities: addressable state that always exists and is changed by one operation at a time.

mod body;
mod context;
mod lock;
mod machine;
mod methods;
mod operation;
mod reference;
mod signal;
#[cfg(test)]
mod tests;

use std::fmt::{Display, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Persist;

pub use body::{AsyncOperation, EntityBody, Of, Operates, SyncOperation};
pub use context::EntityContext;
pub use lock::{EntersSection, Lock, Lockables, Locking, Section, lock};
pub use machine::{Effect, EntityMachine, Operated, Resident};
pub(crate) use machine::{read_under_way, stored_state};
pub use methods::{Code, MethodEntry, OperationFrame, Returned};
pub use operation::{Free, Held, Operation, Signallable};
pub use reference::EntityRef;
pub(super) use signal::payload;
pub use signal::{OneWay, Signal, Signals};

/// What can be the state of an `#[entity]`: it has a default, since an entity exists before it is
/// used first, and it can be saved.
pub trait EntityState: Default + Serialize + DeserializeOwned + Send + 'static {}
impl<T: Default + Serialize + DeserializeOwned + Send + 'static> EntityState for T {}

/// What can be the key of an `#[entity]`: it is saved with the calls, and written as a part of the
/// entity's id. Two keys that are written alike are one.
pub trait EntityKey: Display + Clone + Persist {}
impl<T: Display + Clone + Persist> EntityKey for T {}

/// An annotated struct: the state of the entities of one name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an entity",
    label = "the struct has no `#[entity]`",
    note = "write `#[entity]` on the struct as well as on its `impl`"
)]
pub trait Entity: EntityState {
    /// The stored name.
    const NAME: &'static str;
    /// Whether an operation that returns an `Err` keeps what it changed.
    const KEEP_ON_ERROR: bool;
    /// What tells entities of one name apart.
    type Key: EntityKey;
}

/// The id of the entity of this name and key, as an instance.
pub(crate) fn id_of(name: &str, key: &dyn Display) -> String {
    let mut id = String::with_capacity(name.len() + 24);
    id.extend(["@", name, "@"]);
    // A key that cannot be written is its author's mistake, as in `to_string`.
    write!(id, "{key}").expect("a key can be written");
    id
}
