//! `Request`: what is asked of another service, and how patiently.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::HttpError;
use crate::durable::Retry;
use crate::durable::limits::HTTP_RESPONSE_BYTES_MAX;

/// A request for [`send`](super::send). It is a value: it can be an argument, kept in a local, or
/// compared.
///
/// By default each attempt may take 100 s; an attempt that got no answer, or an answer of 500 and
/// above, is made again, at most twice; and all of it, polls included, may take a day.
///
/// ```
/// use undying::Retry;
/// use undying::http::Request;
/// use undying::prelude::*;
///
/// let order = serde_json::json!({ "item": "pen" });
/// let request = Request::post("http://shop.example/orders")
///     .header("x-tenant", "bern")
///     .json(&order)
///     .expect("JSON")
///     .retry(Retry::attempts(5).first(millis(200)))
///     .timeout(days(3));
/// assert_eq!(request.body(), br#"{"item":"pen"}"#);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use = "nothing is sent until `send(request)` is awaited"]
pub struct Request {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    pub(super) retry: Retry,
    pub(super) each: Duration,
    pub(super) total: Duration,
    pub(super) response_max: usize,
    pub(super) polls: bool,
}

impl Request {
    /// A request with any method. Neither it nor the address is looked at before it is sent.
    pub fn new(method: impl Into<String>, url: impl Into<String>) -> Request {
        Request {
            method: method.into(),
            url: url.into(),
            headers: Vec::new(),
            body: Vec::new(),
            retry: Retry::attempts(3),
            each: Duration::from_secs(100),
            total: Duration::from_secs(24 * 60 * 60),
            response_max: HTTP_RESPONSE_BYTES_MAX,
            polls: true,
        }
    }

    /// A GET.
    pub fn get(url: impl Into<String>) -> Request {
        Request::new("GET", url)
    }

    /// A POST.
    pub fn post(url: impl Into<String>) -> Request {
        Request::new("POST", url)
    }

    /// A PUT.
    pub fn put(url: impl Into<String>) -> Request {
        Request::new("PUT", url)
    }

    /// A DELETE.
    pub fn delete(url: impl Into<String>) -> Request {
        Request::new("DELETE", url)
    }

    /// Adds a header. An `Idempotency-Key` of your own replaces that of the activity.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Request {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the body.
    pub fn with_body(mut self, body: impl Into<Vec<u8>>) -> Request {
        self.body = body.into();
        self
    }

    /// Sets the body to a value as JSON, and its `Content-Type`.
    ///
    /// # Errors
    /// [`HttpError::Malformed`] when the value cannot be written as JSON.
    pub fn json<T: Serialize + ?Sized>(mut self, value: &T) -> Result<Request, HttpError> {
        self.body = serde_json::to_vec(value).map_err(|error| HttpError::Malformed {
            why: format!("the body: {error}"),
        })?;
        Ok(self.header("content-type", "application/json"))
    }

    /// When an attempt is made again that got no answer, or an answer of 500 and above.
    pub fn retry(mut self, policy: Retry) -> Request {
        self.retry = policy;
        self
    }

    /// How long each attempt may take.
    pub fn attempt_timeout(mut self, each: Duration) -> Request {
        self.each = each;
        self
    }

    /// How long all of it may take: attempts, pauses and polls.
    pub fn timeout(mut self, total: Duration) -> Request {
        self.total = total;
        self
    }

    /// The longest body of a response that is taken, at most
    /// [`HTTP_RESPONSE_BYTES_MAX`](crate::durable::limits::HTTP_RESPONSE_BYTES_MAX).
    pub fn response_max(mut self, bytes: usize) -> Request {
        self.response_max = bytes.min(HTTP_RESPONSE_BYTES_MAX);
        self
    }

    /// Takes an answer of 202 as the response, and does not poll its `Location`.
    pub fn without_polling(mut self) -> Request {
        self.polls = false;
        self
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The headers, in the order they were added.
    #[must_use]
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    pub(super) fn has_header(&self, name: &str) -> bool {
        self.headers
            .iter()
            .any(|(known, _)| known.eq_ignore_ascii_case(name))
    }
}
