//! `Base`: where this API is served, and the addresses below it.

use std::collections::BTreeMap;
use std::convert::Infallible;

use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::header::{LOCATION, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::json;
use crate::durable::limits::HTTP_RETRY_AFTER_SECS;

/// All but the unreserved characters of RFC 3986 are encoded in a segment.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The path below which the router is nested.
pub(super) struct Base(String);

impl<S: Send + Sync> FromRequestParts<S> for Base {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let OriginalUri(whole) = OriginalUri::from_request_parts(parts, state).await?;
        let base = whole.path().strip_suffix(parts.uri.path());
        Ok(Base(base.unwrap_or_default().to_owned()))
    }
}

impl Base {
    pub(super) fn instance(&self, id: &str) -> String {
        let id = utf8_percent_encode(id, ENCODED);
        format!("{}/instances/{id}", self.0)
    }

    /// What can be done to an instance, by name.
    pub(super) fn links(&self, id: &str) -> BTreeMap<&'static str, String> {
        let at = self.instance(id);
        let mut links: BTreeMap<_, _> = [
            "result",
            "history",
            "cancel",
            "terminate",
            "suspend",
            "resume",
            "retry",
            "rewind",
            "restart",
        ]
        .into_iter()
        .map(|verb| (verb, format!("{at}/{verb}")))
        .collect();
        links.insert("raise", format!("{at}/events/{{event}}"));
        links.insert("status", at.clone());
        links.insert("purge", at);
        links
    }

    /// 202: it goes on, and this is where to look again.
    pub(super) fn later(&self, id: &str, body: &impl Serialize) -> Response {
        let mut response = json::response(StatusCode::ACCEPTED, body);
        let headers = response.headers_mut();
        if let Ok(at) = HeaderValue::try_from(self.instance(id)) {
            headers.insert(LOCATION, at);
        }
        headers.insert(RETRY_AFTER, HeaderValue::from(HTTP_RETRY_AFTER_SECS));
        response
    }
}
