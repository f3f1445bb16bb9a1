//! `HttpError`: why a request got no answer.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Response;
use crate::durable::Failure;
use crate::durable::limits::HTTP_REDIRECTS_MAX;

/// Why [`send`](super::send) got no response. A response of any status is none of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// The request cannot be sent as it is, or a `Location` is no address.
    #[error("the request is malformed: {why}")]
    Malformed {
        /// What is wrong with it.
        why: String,
    },
    /// No connection, or one that broke. The last attempt's words.
    #[error("`{url}` was not reached: {why}")]
    Unreachable {
        /// The address.
        url: String,
        /// Why.
        why: String,
    },
    /// It was redirected too often.
    #[error("`{url}` redirected more than {HTTP_REDIRECTS_MAX} times")]
    TooManyRedirects {
        /// The address of the request.
        url: String,
    },
    /// The body of the response is longer than is taken.
    #[error(
        "the response of `{url}` has more than {max} bytes; take it in an activity of your own, \
         which keeps it elsewhere"
    )]
    ResponseTooLarge {
        /// The address.
        url: String,
        /// How many bytes are taken.
        max: usize,
    },
    /// Nothing came of it in the time that it was given.
    #[error("no response within {} ms", .after.as_millis())]
    TimedOut {
        /// The time it was given.
        after: Duration,
    },
    /// An answer of 500 and above, which the retry policy is for. `send` gives it as a response.
    #[doc(hidden)]
    #[error("`{}` answered {}", .0.url, .0.status)]
    Answered(Response),
    /// The attempts took too long, or the call was cancelled.
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl HttpError {
    /// Whether another attempt may come out otherwise.
    pub(super) fn is_transient(&self) -> bool {
        matches!(self, HttpError::Unreachable { .. } | HttpError::Answered(_))
    }
}
