//! `RsmRef`: the address of a machine, which can be kept, compared and sent.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Fields;
use crate::durable::callee::{Callee, HasName};

/// The name of `M`, as that of a call: a reference that was kept is never read as one to another
/// machine.
struct NameOf<M>(PhantomData<M>);

impl<M: Fields> HasName for NameOf<M> {
    const NAME: &'static str = M::NAME;
}

/// The address of a machine: from [`Cx::create`](super::Cx::create) and
/// [`Cx::me`](super::Cx::me), or by a name, `Pool::at("main")`. It can be kept, compared and sent,
/// whether or not there is such a machine.
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub struct RsmRef<M: Fields> {
    machine: Callee<NameOf<M>>,
    #[serde(with = "crate::durable::shared")]
    id: Arc<str>,
}

impl<M: Fields> RsmRef<M> {
    /// The machine of this name.
    #[must_use]
    pub fn named(name: impl fmt::Display) -> Self {
        RsmRef::with_id(crate::durable::reserved::rsm_id(M::NAME, &name))
    }

    pub(crate) fn with_id(id: impl Into<Arc<str>>) -> Self {
        let (machine, id) = (Callee::new(), id.into());
        RsmRef { machine, id }
    }

    /// Its id, shared.
    pub(super) fn shared_id(&self) -> Arc<str> {
        self.id.clone()
    }

    /// Its id as an instance, for [`Engine::describe`](crate::Engine::describe) and the like.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl<M: Fields> Clone for RsmRef<M> {
    fn clone(&self) -> Self {
        RsmRef::with_id(self.id.clone())
    }
}

impl<M: Fields> PartialEq for RsmRef<M> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl<M: Fields> Eq for RsmRef<M> {}

impl<M: Fields> PartialOrd for RsmRef<M> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<M: Fields> Ord for RsmRef<M> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.id.cmp(&other.id)
    }
}

impl<M: Fields> Hash for RsmRef<M> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

impl<M: Fields> fmt::Debug for RsmRef<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)
    }
}

impl<M: Fields> fmt::Display for RsmRef<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)
    }
}
