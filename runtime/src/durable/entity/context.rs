//! `EntityContext`: what an operation knows about its entity, and what it does besides changing it.

use std::sync::Arc;
use std::time::SystemTime;

use super::{OneWay, Signals};
use crate::durable::detached::Detached;
use crate::durable::{Orchestration, OrchestrationCall, Persist, Raised, Refusal, Timestamp};

/// What an operation knows about its entity: an optional first parameter after `self`,
/// `cx: &mut EntityContext`, or `cx: &EntityContext` beside `&self`.
///
/// ```
/// use undying::prelude::*;
///
/// #[entity]
/// #[derive(Default, Serialize, Deserialize)]
/// struct Account {
///     balance: i64,
/// }
///
/// #[entity]
/// impl Account {
///     pub fn deposit(&mut self, amount: i64) {
///         self.balance += amount;
///     }
///
///     /// All of it goes to another account; this one is as if it had never been used.
///     pub fn close(&mut self, cx: &mut EntityContext, heir: String) {
///         cx.signal(Account::at(heir).deposit(self.balance));
///         cx.delete();
///     }
/// }
/// ```
#[derive(Debug, Default)]
pub struct EntityContext {
    id: Arc<str>,
    now: Timestamp,
    deleted: bool,
    pub(crate) signals: Vec<OneWay>,
    pub(crate) detached: Vec<Detached>,
    pub(crate) raised: Vec<Raised>,
    pub(crate) refusal: Option<Refusal>,
}

impl EntityContext {
    pub(crate) fn begin(&mut self, id: &Arc<str>, now: Timestamp, deleted: bool) {
        if !Arc::ptr_eq(&self.id, id) {
            self.id = id.clone();
        }
        (self.now, self.deleted) = (now, deleted);
        // What an operation said that panicked is not the next one's.
        self.signals.clear();
        self.detached.clear();
        self.raised.clear();
        self.refusal = None;
    }

    /// Whether the operation has said nothing, as most do.
    pub(crate) fn is_silent(&self) -> bool {
        self.signals.is_empty()
            && self.detached.is_empty()
            && self.raised.is_empty()
            && self.refusal.is_none()
    }

    pub(crate) fn is_deleted(&self) -> bool {
        self.deleted
    }

    /// The entity's key, as text.
    #[must_use]
    pub fn key(&self) -> &str {
        let id = self.id.strip_prefix('@').unwrap_or(&self.id);
        id.split_once('@').map_or(id, |(_, key)| key)
    }

    /// Engine time at the beginning of this turn; it never goes backwards.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        self.now.into()
    }

    /// Deletes the state when the operation ends: the entity is again as if it had never been used.
    pub fn delete(&mut self) {
        self.deleted = true;
    }

    /// Signals an entity, this one too: `cx.signal(Account::at("bob").deposit(5))`, or later,
    /// `cx.signal(Account::at("bob").deposit(5).signal_after(days(1)))`.
    ///
    /// It leaves when this turn is durable, and not at all if the operation fails in it.
    pub fn signal(&mut self, call: impl Signals) {
        match call.one_way(|| self.now) {
            Ok(signal) => self.signals.push(signal),
            Err(refusal) => self.refuse(refusal),
        }
    }

    /// Starts an orchestration that nobody waits for, unless there is an instance of this id.
    pub fn start<O: OrchestrationCall>(&mut self, id: impl Into<String>, call: Orchestration<O>) {
        match Detached::new(id.into(), call) {
            Ok(start) => self.detached.push(start),
            Err(refusal) => self.refuse(refusal),
        }
    }

    /// Raises an event of the instance `id`, which takes it by awaiting
    /// [`event::<T>(name)`](crate::event): `cx.raise("order-17", "paid", 5u64)`. It waits for an
    /// instance that nobody has started yet, [for a time](crate::EngineBuilder::early_events_kept).
    ///
    /// It leaves when this turn is durable, and not at all if the operation fails in it.
    pub fn raise<T: Persist>(&mut self, id: impl Into<String>, name: impl Into<String>, value: T) {
        match Raised::new(&self.id, id.into(), name.into(), &value) {
            Ok(raised) => self.raised.push(raised),
            Err(refusal) => self.refuse(refusal),
        }
    }

    fn refuse(&mut self, refusal: Refusal) {
        self.refusal.get_or_insert(refusal);
    }
}
