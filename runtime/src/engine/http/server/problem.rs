//! `Problem`: why a request was not done, as a status and a JSON object.

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::json::{self, Shown};
use crate::durable::limits::HTTP_RETRY_AFTER_SECS;
use crate::error::Error;
use crate::schema::ValueError;

/// The one shape of errors: `{"error": "not_found", "message": "..", "hint": ".."}`.
#[derive(Serialize)]
pub(super) struct Problem {
    #[serde(skip)]
    status: StatusCode,
    /// A word for programs.
    error: &'static str,
    /// A sentence for people.
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// The `Err` that was returned.
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Box<Shown>>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, error: &'static str, message: impl Into<String>) -> Self {
        Problem {
            status,
            error,
            message: message.into(),
            hint: None,
            result: None,
        }
    }

    pub(super) fn failed(message: impl Into<String>, result: Shown) -> Self {
        let problem = Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "failed", message);
        Problem {
            result: Some(Box::new(result)),
            ..problem
        }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(super) fn malformed(message: impl Into<String>) -> Self {
        Problem::new(StatusCode::BAD_REQUEST, "malformed", message)
    }

    pub(super) fn unknown(message: impl Into<String>) -> Self {
        Problem::new(StatusCode::NOT_FOUND, "unknown", message)
    }

    pub(super) fn method() -> Self {
        let message = "this path is not for this method";
        Problem::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            message,
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = json::response(self.status, &self);
        let later = [
            StatusCode::TOO_MANY_REQUESTS,
            StatusCode::SERVICE_UNAVAILABLE,
        ];
        if later.contains(&self.status) {
            let secs = HeaderValue::from(HTTP_RETRY_AFTER_SECS);
            response.headers_mut().insert(RETRY_AFTER, secs);
        }
        response
    }
}

impl From<ValueError> for Problem {
    fn from(error: ValueError) -> Self {
        Problem::malformed(error.to_string())
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        use StatusCode as Code;

        let (status, word) = match &error {
            Error::NotFound { .. } => (Code::NOT_FOUND, "not_found"),
            Error::AnotherOrchestration { .. } => (Code::CONFLICT, "another_orchestration"),
            Error::AnotherRequest { .. } => (Code::UNPROCESSABLE_ENTITY, "another_request"),
            Error::NotRewindable { .. } => (Code::CONFLICT, "not_rewindable"),
            Error::WrongStatus { status, .. } if status.has_ended() => (Code::GONE, "ended"),
            Error::WrongStatus { .. } => (Code::CONFLICT, "wrong_status"),
            Error::PayloadTooLarge { .. } | Error::EventTooLarge { .. } => {
                (Code::PAYLOAD_TOO_LARGE, "too_large")
            }
            Error::IdEmpty
            | Error::IdTooLong { .. }
            | Error::BadArguments { .. }
            | Error::BadEvent { .. }
            | Error::Invalid { .. } => (Code::BAD_REQUEST, "malformed"),
            Error::MailboxFull { .. } => (Code::TOO_MANY_REQUESTS, "busy"),
            Error::Busy { .. } => (Code::SERVICE_UNAVAILABLE, "busy"),
            Error::Closed { .. } => (Code::SERVICE_UNAVAILABLE, "closed"),
            Error::InDoubt { .. } => (Code::INTERNAL_SERVER_ERROR, "in_doubt"),
            Error::Failed { .. } => (Code::INTERNAL_SERVER_ERROR, "failed"),
            Error::Parked { .. } => (Code::INTERNAL_SERVER_ERROR, "parked"),
            _ => (Code::INTERNAL_SERVER_ERROR, "internal"),
        };
        Problem::new(status, word, error.to_string())
    }
}
