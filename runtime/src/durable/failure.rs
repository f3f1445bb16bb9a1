//! `Failure`: what the engine, not the user's code, has to say about a call.

use serde::{Deserialize, Serialize};

/// Why a call has no result of its own.
///
/// Error types of activities and orchestrations take it in with one variant:
///
/// ```
/// #[derive(Debug, thiserror::Error, serde::Serialize, serde::Deserialize)]
/// enum Declined {
///     #[error("no money")]
///     NoMoney,
///     #[error(transparent)]
///     Failed(#[from] undying::Failure),
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// Every attempt took longer than the timeout.
    #[error("`{call}` timed out after {after_ms} ms, attempt {attempts}")]
    TimedOut {
        /// The activity.
        call: String,
        /// The timeout of each attempt, in milliseconds.
        after_ms: u64,
        /// How many attempts were made.
        attempts: u32,
    },
    /// The code panicked.
    #[error("`{call}` panicked: {message}")]
    Panicked {
        /// The activity or orchestration.
        call: String,
        /// The panic's message.
        message: String,
    },
    /// It was cancelled.
    #[error("`{call}` was cancelled")]
    Cancelled {
        /// The activity or orchestration.
        call: String,
    },
    /// It was ended from outside.
    #[error("`{call}` was terminated: {reason}")]
    Terminated {
        /// The activity or orchestration.
        call: String,
        /// Why, in the words of whoever did it.
        reason: String,
    },
    /// A limit of the engine was met; nothing was started.
    #[error("`{call}` exceeds a limit: {limit}")]
    LimitExceeded {
        /// The activity or orchestration.
        call: String,
        /// Which limit, with its number and the actual size.
        limit: String,
    },
    /// A child orchestration ended without a result its parent could be given.
    #[error("`{call}` failed: {message}")]
    Failed {
        /// The activity or orchestration.
        call: String,
        /// Why.
        message: String,
    },
}
