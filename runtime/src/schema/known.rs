//! What this process knows about each type it stores, found out once.

use std::any::{TypeId, type_name};
use std::cell::RefCell;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use rustc_hash::{FxBuildHasher, FxHashMap};
use serde::de::DeserializeOwned;

use super::book;
use super::bounds::bounded;
use super::error::Untraceable;
use super::id::SchemaId;
use super::model::Schema;
use super::trace::explore;

/// One type's schema, and what follows from it.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) id: SchemaId,
    pub(crate) schema: Arc<Schema>,
    /// Why the schema is opaque, if it is.
    pub(crate) why_opaque: Option<String>,
    /// Whether the structure itself limits what hostile bytes can make of it.
    pub(crate) is_bounded: bool,
    /// Whether values of the type can be stored at all.
    pub(crate) storable: Result<(), Untraceable>,
}

static TYPES: LazyLock<RwLock<FxHashMap<TypeId, &'static Known>>> = LazyLock::new(RwLock::default);

thread_local! {
    /// What this thread has asked for: no lock, and no cache line shared between shards.
    static ASKED: RefCell<FxHashMap<TypeId, &'static Known>> = const {
        RefCell::new(FxHashMap::with_hasher(FxBuildHasher))
    };
}

/// Traces `T` at first use. The entry lives as long as the process, as types do.
#[inline]
pub(crate) fn known<T: DeserializeOwned + 'static>() -> &'static Known {
    let key = TypeId::of::<T>();
    // The thread may be at its end, and its memory gone.
    let asked = ASKED.try_with(|asked| asked.borrow().get(&key).copied());
    let asked = asked.ok().flatten();
    asked.unwrap_or_else(|| ask(key, type_name::<T>(), explore::<T>))
}

type Explore = fn() -> Result<(Schema, Option<String>), Untraceable>;

#[cold]
fn ask(key: TypeId, type_name: &str, explore: Explore) -> &'static Known {
    let known = TYPES
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .get(&key)
        .copied();
    let known = known.unwrap_or_else(|| {
        // Not under the lock: a `Deserialize` may itself read stored values.
        let fresh = find_out(type_name, explore);
        let mut types = TYPES.write().unwrap_or_else(PoisonError::into_inner);
        types
            .entry(key)
            .or_insert_with(|| Box::leak(Box::new(fresh)))
    });
    let _ = ASKED.try_with(|asked| asked.borrow_mut().insert(key, known));
    known
}

fn find_out(type_name: &str, explore: Explore) -> Known {
    let (schema, why_opaque, mut storable) = match explore() {
        Ok((schema, why_opaque)) => (schema, why_opaque, Ok(())),
        Err(why) => (
            Schema::opaque(type_name, 0),
            Some(why.to_string()),
            Err(why),
        ),
    };
    let is_bounded = bounded(&schema);
    let id = book::insert(schema.clone());
    if book::get(id).is_none_or(|kept| *kept != schema) {
        storable = Err(Untraceable::Collision {
            type_name: type_name.into(),
            id,
        });
    }
    Known {
        id,
        schema: Arc::new(schema),
        why_opaque,
        is_bounded,
        storable,
    }
}

/// The id of the schema of `T`, which is in the [`book`] from then on.
///
/// A type that cannot be stored has one too, so that nobody needs to ask twice: writing it is
/// what fails.
pub fn id_of<T: DeserializeOwned + 'static>() -> SchemaId {
    known::<T>().id
}
