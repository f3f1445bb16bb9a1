//! The registry: every annotated function of this program, by stored name and by call type.

use std::any::TypeId;
use std::sync::Arc;
use std::time::Duration;

use rustc_hash::FxHashMap;

use super::States;
use crate::core::{Program, Versioning};
use crate::durable::{Entry, EntryKind, SYSTEM_PREFIX};
use crate::error::{Error, Result};

/// The annotated functions of this program, checked.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    activities: FxHashMap<&'static str, Arc<Entry>>,
    orchestrations: FxHashMap<&'static str, Arc<Entry>>,
    entities: FxHashMap<&'static str, Arc<Entry>>,
    by_call: FxHashMap<TypeId, Arc<Entry>>,
    /// How long instances of an orchestration are kept after they ended.
    retention: FxHashMap<&'static str, Duration>,
    pub(super) versioning: Versioning,
}

/// One registered function, as [`Engine::registered`](super::Engine::registered) lists it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Registered {
    /// The stored name.
    pub name: &'static str,
    /// What it is.
    pub kind: RegisteredKind,
    /// The source file it is in.
    pub file: &'static str,
    /// The line in it.
    pub line: u32,
}

/// What a registered function is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum RegisteredKind {
    /// An `#[activity]`.
    Activity,
    /// An `#[orchestration]`.
    Orchestration,
    /// An `#[entity]`.
    Entity,
    /// An `#[rsm]` or a `#[monitor]`.
    Rsm,
}

impl Registry {
    /// The annotated functions that were linked into this program, and `more`.
    ///
    /// # Errors
    /// [`Error::TwoOfOneName`], [`Error::MissingState`].
    pub(crate) fn collect(more: Vec<Entry>, states: &States) -> Result<Self> {
        let linked = inventory::iter::<Entry>.into_iter().cloned();
        Registry::new(linked.chain(more), states)
    }

    /// A registry of these functions.
    ///
    /// Activities and orchestrations are two spaces of names, as they are two spaces of calls.
    pub(crate) fn new(entries: impl IntoIterator<Item = Entry>, states: &States) -> Result<Self> {
        let mut registry = Registry::default();
        // The linker's order is nobody's; of several errors the first in the source is told.
        let mut entries: Vec<_> = entries.into_iter().collect();
        entries.sort_by_key(|entry| (entry.file, entry.line));
        for entry in entries {
            registry.add(Arc::new(entry), states)?;
        }
        Ok(registry)
    }

    fn add(&mut self, entry: Arc<Entry>, states: &States) -> Result<()> {
        let names = match &entry.kind {
            EntryKind::Activity(activity) => {
                let may_miss = states.may_miss || states.has_stub((entry.call)());
                for need in activity.needs {
                    if !may_miss && !states.has((need.type_id)()) {
                        return Err(Error::MissingState {
                            activity: entry.name.to_owned(),
                            at: entry.at(),
                            state: (need.type_name)().to_owned(),
                        });
                    }
                }
                &mut self.activities
            }
            EntryKind::Orchestration(_) | EntryKind::Rsm(_) => &mut self.orchestrations,
            EntryKind::Entity(_) => &mut self.entities,
        };
        if let Some(other) = names.insert(entry.name, entry.clone()) {
            let at = vec![other.at(), entry.at()];
            let name = entry.name.to_owned();
            return Err(Error::TwoOfOneName { name, at });
        }
        self.by_call.insert((entry.call)(), entry);
        Ok(())
    }

    /// Sets how long instances of an orchestration are kept after they ended.
    pub(crate) fn keep(&mut self, call: TypeId, time: Duration) -> bool {
        let entry = self.by_call.get(&call);
        entry.is_some_and(|entry| {
            self.retention.insert(entry.name, time);
            true
        })
    }

    /// The monitors, sorted by name.
    pub(crate) fn monitors(&self) -> Vec<&Arc<Entry>> {
        let is_monitor =
            |entry: &&Arc<Entry>| matches!(&entry.kind, EntryKind::Rsm(rsm) if rsm.is_monitor);
        let mut all: Vec<_> = self.orchestrations.values().filter(is_monitor).collect();
        all.sort_by_key(|entry| entry.name);
        all
    }

    /// What registered itself with this type.
    pub(crate) fn by_type(&self, of: TypeId) -> Option<&Arc<Entry>> {
        self.by_call.get(&of)
    }

    /// All functions but the engine's own, sorted by name.
    pub(crate) fn list(&self) -> Vec<Registered> {
        let mut all: Vec<_> = self
            .activities
            .values()
            .chain(self.orchestrations.values())
            .chain(self.entities.values())
            .filter(|entry| !entry.name.starts_with(SYSTEM_PREFIX))
            .map(|entry| Registered {
                name: entry.name,
                kind: match entry.kind {
                    EntryKind::Activity(_) => RegisteredKind::Activity,
                    EntryKind::Orchestration(_) => RegisteredKind::Orchestration,
                    EntryKind::Entity(_) => RegisteredKind::Entity,
                    EntryKind::Rsm(_) => RegisteredKind::Rsm,
                },
                file: entry.file,
                line: entry.line,
            })
            .collect();
        all.sort();
        all
    }
}

impl Program for Registry {
    fn orchestration(&self, name: &str) -> Option<Arc<Entry>> {
        self.orchestrations.get(name).cloned()
    }

    fn entity(&self, name: &str) -> Option<Arc<Entry>> {
        self.entities.get(name).cloned()
    }

    fn activity(&self, name: &str) -> Option<Arc<Entry>> {
        self.activities.get(name).cloned()
    }

    fn retention(&self, orchestration: &str) -> Option<Duration> {
        self.retention.get(orchestration).copied()
    }

    fn versioning(&self) -> &Versioning {
        &self.versioning
    }

    fn by_call(&self, call: TypeId) -> Option<Arc<Entry>> {
        self.by_call.get(&call).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::super::by_hand::{Double, Greet, NeedsState};
    use super::*;

    fn entry<A: crate::durable::ActivityCall>(name: &'static str, line: u32) -> Entry {
        Entry {
            name,
            ..Entry::activity::<A>("src/a.rs", line)
        }
    }

    #[test]
    fn two_activities_of_one_name_are_both_named_by_place() {
        let error = Registry::new(
            [entry::<Double>("x", 31), entry::<Greet>("x", 8)],
            &States::default(),
        )
        .unwrap_err();
        assert_eq!(
            error.to_string(),
            "two items are named `x`: src/a.rs:8 and src/a.rs:31; rename one of them or give it \
             another stored name: `#[activity(name = \"..\")]`"
        );
    }

    #[test]
    fn a_missing_state_is_named_with_the_activity_that_takes_it() {
        let error = Registry::new([entry::<NeedsState>("pay", 20)], &States::default());
        let Err(Error::MissingState {
            activity,
            at,
            state,
        }) = error
        else {
            panic!("{error:?}");
        };
        assert_eq!((activity.as_str(), at.as_str()), ("pay", "src/a.rs:20"));
        assert!(state.ends_with("::Suffix"), "{state}");
    }

    #[test]
    fn a_state_that_was_given_is_not_missing() {
        let mut states = States::default();
        states.insert(super::super::by_hand::Suffix("!"));
        assert!(Registry::new([entry::<NeedsState>("pay", 20)], &states).is_ok());
    }

    #[test]
    fn a_function_is_found_by_its_stored_name_and_by_its_call_type() {
        let registry = Registry::new([entry::<Double>("x", 1)], &States::default()).unwrap();
        assert_eq!(registry.activity("x").unwrap().line, 1);
        assert_eq!(registry.by_call(TypeId::of::<Double>()).unwrap().name, "x");
        assert!(registry.orchestration("x").is_none());
    }
}
