//! `Bell`: tells a virtual clock that a part of an engine came to rest.

use std::sync::Arc;

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

/// Mute, unless it is the bell of a virtual clock. Cloning gives another name of the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Bell(Option<Arc<Notify>>);

impl Bell {
    /// One that can be heard.
    pub(super) fn audible() -> Self {
        Bell(Some(Arc::default()))
    }

    /// Something came to rest.
    pub(super) fn ring(&self) {
        if let Some(listeners) = &self.0 {
            listeners.notify_waiters();
        }
    }

    /// Ready once it has rung after this call.
    pub(super) fn rung(&self) -> Option<Notified<'_>> {
        self.0.as_ref().map(|listeners| listeners.notified())
    }
}
