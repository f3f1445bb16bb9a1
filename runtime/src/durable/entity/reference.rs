//! `EntityRef`: the address of an entity, which the generated `AccountRef` wraps.

use std::fmt;
use std::marker::PhantomData;

use serde::{Deserialize, Serialize};

use super::{Entity, Free, Operates, Operation, id_of};
use crate::durable::callee::{Callee, HasName};

/// The name of `E`, as that of a call: a reference that was kept is never read as one to another
/// entity, whose key may look the same.
struct NameOf<E>(PhantomData<E>);

impl<E: Entity> HasName for NameOf<E> {
    const NAME: &'static str = E::NAME;
}

/// The address of an entity. `M` says whether its holder has it locked.
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub struct EntityRef<E: Entity, M = Free> {
    entity: Callee<NameOf<E>>,
    key: E::Key,
    reference: PhantomData<fn() -> M>,
}

impl<E: Entity> EntityRef<E> {
    /// Refers to the entity of this key.
    #[must_use]
    pub fn new(key: E::Key) -> Self {
        EntityRef {
            entity: Callee::new(),
            key,
            reference: PhantomData,
        }
    }
}

impl<E: Entity, M> EntityRef<E, M> {
    /// The id of the entity, as an instance.
    pub(crate) fn id(&self) -> String {
        id_of(E::NAME, &self.key)
    }

    /// The same entity, with another mark.
    pub(super) fn with_mode<N>(self) -> EntityRef<E, N> {
        EntityRef {
            entity: self.entity,
            key: self.key,
            reference: PhantomData,
        }
    }

    /// A call of the operation `O`.
    pub fn operation<O: 'static>(&self, args: E::Args) -> Operation<E, O, M>
    where
        E: Operates<O>,
    {
        Operation::new(self.clone(), args)
    }
}

impl<E: Entity, M> Clone for EntityRef<E, M> {
    fn clone(&self) -> Self {
        EntityRef {
            entity: Callee::new(),
            key: self.key.clone(),
            reference: PhantomData,
        }
    }
}

impl<E: Entity, M> fmt::Debug for EntityRef<E, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&id_of(E::NAME, &self.key))
    }
}
