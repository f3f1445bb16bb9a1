//! The activity that makes one exchange, and the client it makes it with.

use std::error::Error as _;
use std::sync::{Arc, OnceLock};

use reqwest::redirect::Policy;
use reqwest::{Method, Url};

use super::{HttpError, Request, Response};
use crate::durable::limits::HTTP_REDIRECTS_MAX;
use crate::engine::{ActivityContext, State};
use undying_macros::activity;

const KEY: &str = "idempotency-key";

/// What requests are sent with. Every engine has one; give it another if requests need what a plain
/// one has not: `Engine::builder().state(Client::from(reqwest))`.
///
/// A plain one follows at most [ten](HTTP_REDIRECTS_MAX) redirects. It speaks TLS if your program
/// enables that: depend on `reqwest` with its feature `rustls` or `native-tls`.
#[derive(Debug, Clone, Default)]
pub struct Client(Arc<OnceLock<reqwest::Client>>);

impl From<reqwest::Client> for Client {
    fn from(client: reqwest::Client) -> Self {
        Client(Arc::new(client.into()))
    }
}

impl Client {
    /// Made at the first request: not every program makes one.
    fn get(&self) -> Result<reqwest::Client, HttpError> {
        if let Some(client) = self.0.get() {
            return Ok(client.clone());
        }
        let builder = reqwest::Client::builder().redirect(Policy::limited(HTTP_REDIRECTS_MAX));
        let client = builder.build().map_err(|error| HttpError::Malformed {
            why: in_full(&error),
        })?;
        Ok(self.0.get_or_init(|| client).clone())
    }
}

/// One exchange: redirects are followed, polls are not made.
#[activity(name = "$http::exchange", retry(max_attempts = 1, only = HttpError::is_transient))]
pub(super) async fn exchange(
    cx: ActivityContext,
    request: Request,
    State(client): State<Client>,
) -> Result<Response, HttpError> {
    let url = request.url.clone();
    let malformed = |why: String| HttpError::Malformed { why };
    let method = Method::from_bytes(request.method.as_bytes())
        .map_err(|_| malformed(format!("`{}` is no method", request.method)))?;
    let address = Url::parse(&url).map_err(|why| malformed(format!("`{url}`: {why}")))?;
    let max = request.response_max;
    let mut builder = client.get()?.request(method, address);
    if !request.has_header(KEY) {
        builder = builder.header(KEY, cx.idempotency_key());
    }
    for (name, value) in &request.headers {
        builder = builder.header(name, value);
    }
    if !request.body.is_empty() {
        builder = builder.body(request.body);
    }
    let failed = |error| why(&url, error);
    let mut response = builder.send().await.map_err(failed)?;
    let headers = response.headers().iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        (name.as_str().to_owned(), value.into_owned())
    });
    let mut taken = Response {
        status: response.status().as_u16(),
        url: response.url().to_string(),
        headers: headers.collect(),
        body: Vec::new(),
    };
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if taken.body.len() + chunk.len() > max {
            return Err(HttpError::ResponseTooLarge { url, max });
        }
        taken.body.extend_from_slice(&chunk);
    }
    match taken.status {
        500.. => Err(HttpError::Answered(taken)),
        _ => Ok(taken),
    }
}

fn why(url: &str, error: reqwest::Error) -> HttpError {
    let error = error.without_url();
    let (url, why) = (url.to_owned(), in_full(&error));
    if why.ends_with("scheme is not http") {
        let why = format!(
            "`{url}` needs TLS, which this program does not speak: let it depend on `reqwest` with \
             its feature `rustls` or `native-tls`"
        );
        HttpError::Malformed { why }
    } else if error.is_builder() {
        HttpError::Malformed { why }
    } else if error.is_redirect() {
        HttpError::TooManyRedirects { url }
    } else {
        HttpError::Unreachable { url, why }
    }
}

/// The error with all it comes from.
fn in_full(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(&format!(": {error}"));
        source = error.source();
    }
    text
}
