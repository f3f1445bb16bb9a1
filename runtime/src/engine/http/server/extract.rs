//! What handlers take from a request, refused in the one shape of errors.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::json;
use super::problem::Problem;
use crate::durable::limits::PAYLOAD_BYTES_MAX;
use crate::schema::Json;

/// The captured segments of the path.
pub(super) struct Segments<T>(pub(super) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Segments<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(segments)) => Ok(Segments(segments)),
            Err(error) => Err(Problem::malformed(error.body_text())),
        }
    }
}

/// The body as JSON; none if there is no body.
pub(super) struct Sent(pub(super) Option<Json>);

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = match Bytes::from_request(request, state).await {
            Ok(bytes) => bytes,
            Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                let message = format!(
                    "the body has more than {PAYLOAD_BYTES_MAX} bytes; keep large data elsewhere \
                     and send a reference to it"
                );
                return Err(Problem::new(error.status(), "too_large", message));
            }
            Err(error) => return Err(Problem::malformed(error.body_text())),
        };
        if bytes.is_empty() {
            return Ok(Sent(None));
        }
        json::parse(&bytes).map(|json| Sent(Some(json)))
    }
}

impl Sent {
    /// The arguments of a call: without a body, none.
    pub(super) fn arguments(self) -> Json {
        self.0.unwrap_or_else(|| Json::Object(Vec::new()))
    }
}

/// The header `Idempotency-Key`: with it a request may be repeated, and is done once.
pub(super) struct Key(pub(super) Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get("idempotency-key") else {
            return Ok(Key(None));
        };
        match value.to_str() {
            Ok(key) => Ok(Key(Some(key.to_owned()))),
            Err(_) => Err(Problem::malformed("`Idempotency-Key` is not ASCII text")),
        }
    }
}
