//! The functions, entities and machines of a program.

use std::any::TypeId;
use std::sync::Arc;

use undying::core::{Program, Versioning};
use undying::durable::Entry;

#[derive(Debug)]
pub(crate) struct Items(Vec<Arc<Entry>>, Versioning);

impl Items {
    pub(crate) fn of(entries: impl IntoIterator<Item = Entry>) -> Arc<dyn Program> {
        let entries = entries.into_iter().map(Arc::new);
        Arc::new(Items(entries.collect(), Versioning::default()))
    }

    fn named(&self, name: &str) -> Option<Arc<Entry>> {
        self.0.iter().find(|entry| entry.name == name).cloned()
    }
}

impl Program for Items {
    fn orchestration(&self, name: &str) -> Option<Arc<Entry>> {
        self.named(name)
    }
    fn activity(&self, name: &str) -> Option<Arc<Entry>> {
        self.named(name)
    }
    fn versioning(&self) -> &Versioning {
        &self.1
    }
    fn entity(&self, name: &str) -> Option<Arc<Entry>> {
        self.named(name)
    }
    fn by_call(&self, call: TypeId) -> Option<Arc<Entry>> {
        self.0.iter().find(|entry| (entry.call)() == call).cloned()
    }
}
