//! `Program`: the core's view of the registered functions.

use std::any::TypeId;
use std::sync::Arc;
use std::time::Duration;

use super::version::{UNVERSIONED, Versioning};
use crate::durable::Entry;

/// The annotated functions of this program. Answers never change while an engine is open.
pub trait Program: Send + Sync + 'static {
    /// The orchestration of this stored name.
    fn orchestration(&self, name: &str) -> Option<Arc<Entry>>;
    /// The activity of this stored name.
    fn activity(&self, name: &str) -> Option<Arc<Entry>>;
    /// How long instances of this orchestration are kept after they ended; none stands for ever.
    fn retention(&self, _orchestration: &str) -> Option<Duration> {
        None
    }
    /// Its version, and which instances it runs by theirs.
    fn versioning(&self) -> &Versioning {
        &UNVERSIONED
    }
    /// The entity of this stored name.
    fn entity(&self, name: &str) -> Option<Arc<Entry>>;
    /// The function of this call type.
    fn by_call(&self, call: TypeId) -> Option<Arc<Entry>>;
}
