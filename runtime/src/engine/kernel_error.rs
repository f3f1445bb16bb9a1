//! `KernelError`: why the kernel cannot answer.

use std::sync::Arc;

use crate::core::ReadError;
use crate::store::StoreError;

/// Why the kernel cannot answer.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KernelError {
    /// The store could not be opened or read.
    #[error(transparent)]
    Store(Arc<StoreError>),
    /// A row of the store does not have the form this version writes.
    #[error("{what} cannot be read: {why}")]
    Unreadable {
        /// Which row.
        what: String,
        /// Why.
        why: String,
    },
    /// The kernel was shut down.
    #[error("the engine is closed")]
    Closed,
    /// The kernel stopped because a thread of it failed: a bug, to be reported.
    #[error("the engine stopped: {why}")]
    Stopped {
        /// What failed.
        why: String,
    },
}

impl From<StoreError> for KernelError {
    fn from(error: StoreError) -> Self {
        KernelError::Store(Arc::new(error))
    }
}

impl From<ReadError> for KernelError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Store(error) => error.into(),
            ReadError::Row { row, why } => KernelError::Unreadable {
                what: row,
                why: why.to_string(),
            },
        }
    }
}
