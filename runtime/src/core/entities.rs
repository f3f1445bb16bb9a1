//! What lists of entities are asked for, and show.

use serde::{Deserialize, Serialize};

use crate::durable::Timestamp;
use crate::schema::Stored;

/// Which entities of a name to list, in the order of their keys within each partition. The default
/// lists all, without their states.
#[derive(Clone, Debug, Default)]
pub struct EntityFilter {
    /// Only those whose key, as text, begins with this.
    pub key_prefix: String,
    /// Only those that an operation changed last at this time or later.
    pub updated_from: Option<Timestamp>,
    /// Only those that an operation changed last before this time.
    pub updated_before: Option<Timestamp>,
    /// Reads their states too.
    pub states: bool,
    /// The page's length; 0 stands for the engine's own, 1,000, which is also the most. A page may
    /// be shorter although more follow.
    pub limit: usize,
    /// Where to go on.
    pub after: Option<EntityCursor>,
}

/// Where a list of entities goes on: after this key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityCursor {
    pub(crate) partition: u16,
    pub(crate) key: String,
}

/// What is asked of the kernel.
#[derive(Clone, Debug)]
pub struct EntityQuery {
    /// The entity's stored name.
    pub name: String,
    /// Which of them.
    pub filter: EntityFilter,
}

/// One entity of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct EntityFound {
    /// Its key, as text.
    pub key: String,
    /// When it was used first, since it was deleted last.
    pub created: Timestamp,
    /// When an operation changed it last.
    pub updated: Timestamp,
    /// Its state, if it was asked for and can be read.
    pub state: Option<Stored>,
}
