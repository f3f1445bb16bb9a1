//! `Program`: the core's view of the registered functions.

use std::any::TypeId;
use std::sync::Arc;

use crate::durable::Entry;

/// The annotated functions of this program. Answers never change while an engine is open.
pub trait Program: Send + Sync + 'static {
    /// The orchestration of this stored name.
    fn orchestration(&self, name: &str) -> Option<Arc<Entry>>;
    /// The activity of this stored name.
    fn activity(&self, name: &str) -> Option<Arc<Entry>>;
    /// The function of this call type.
    fn by_call(&self, call: TypeId) -> Option<Arc<Entry>>;
}
