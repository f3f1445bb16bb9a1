//! `send`: an exchange, and polls until the answer is there.

use std::time::{Duration, SystemTime};

use reqwest::Url;
use undying_macros::resumable;

use super::exchange::exchange;
use super::{HttpError, Request, Response};
use crate::durable::limits::{HTTP_POLL_AFTER, HTTP_POLL_AFTER_MIN};
use crate::durable::{Elapsed, sleep, timeout};

/// Headers that a poll has no use for.
const OF_BODY: [&str; 4] = [
    "content-type",
    "content-length",
    "content-encoding",
    "idempotency-key",
];

/// Headers that another host must not see.
const OF_WHO: [&str; 3] = ["authorization", "cookie", "proxy-authorization"];

/// Sends a request from an orchestration, and gives the response, of whatever status.
///
/// The exchange is an activity: it is made at least once, and each of its attempts carries the
/// same `Idempotency-Key`, by which the other side can tell that it has seen it. An attempt
/// without an answer, and one that is answered with 500 or above, is made again by the
/// [policy](Request::retry); what the last one was answered is the response.
///
/// An answer of 202 with a `Location` is polled there, with the request's headers, until another
/// answer comes (Durable Functions, `CallHttpAsync`). Between polls the orchestration sleeps durably:
/// for as long as `Retry-After` says, or a second. Headers that say who you are do not go to
/// another host.
///
/// ```standalone_crate
/// use undying::http::{HttpError, Request, send};
/// use undying::prelude::*;
///
/// #[orchestration]
/// async fn report(url: String) -> Result<String, HttpError> {
///     let request = Request::post(url).timeout(hours(6));
///     let response = send(request).await?; // killed here? it goes on polling here
///     Ok(response.text())
/// }
/// # #[tokio::main]
/// # async fn main() -> undying::Result<()> {
/// # let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
/// # let url = format!("http://{}", listener.local_addr().expect("its address"));
/// # let app = axum::Router::new().route("/", axum::routing::post(async || "done"));
/// # tokio::spawn(async { axum::serve(listener, app).await });
/// let engine = Engine::open_in_memory().await?;
/// let handle = engine.start("june", report(url)).await?;
/// assert_eq!(handle.result().await?.expect("a report"), "done");
/// # engine.shutdown().await
/// # }
/// ```
///
/// # Errors
/// [`HttpError`], whose variants say what to do.
#[resumable]
pub async fn send(request: Request) -> Result<Response, HttpError> {
    let after = request.total;
    match timeout(after, settled(request)).await {
        Ok(settled) => settled,
        Err(Elapsed) => Err(HttpError::TimedOut { after }),
    }
}

/// Exchanges until there is another answer than 202.
#[resumable]
async fn settled(request: Request) -> Result<Response, HttpError> {
    let mut request = request;
    loop {
        let (policy, each) = (request.retry, request.each);
        let exchanged = exchange(request.clone()).retry(policy).timeout(each).await;
        let response = match exchanged {
            Err(HttpError::Answered(response)) => response,
            exchanged => exchanged?,
        };
        let Some(poll) = poll(&request, &response)? else {
            return Ok(response);
        };
        sleep(pause(&response)).await;
        request = poll;
    }
}

/// The request that asks again, if the response says where.
fn poll(request: &Request, response: &Response) -> Result<Option<Request>, HttpError> {
    if response.status != 202 || !request.polls {
        return Ok(None);
    }
    let Some(location) = response.header("location") else {
        return Ok(None);
    };
    let at = Url::parse(&response.url).and_then(|from| Ok((from.join(location)?, from)));
    let (to, from) = at.map_err(|why| HttpError::Malformed {
        why: format!("`{}` sends to `{location}`: {why}", response.url),
    })?;
    let same_host = to.origin() == from.origin();
    let mut poll = Request {
        method: "GET".to_owned(),
        url: to.to_string(),
        body: Vec::new(),
        ..request.clone()
    };
    poll.headers.retain(|(name, _)| {
        let name = name.to_ascii_lowercase();
        !OF_BODY.contains(&name.as_str()) && (same_host || !OF_WHO.contains(&name.as_str()))
    });
    Ok(Some(poll))
}

fn pause(response: &Response) -> Duration {
    let asked = response.retry_after(SystemTime::now());
    asked.unwrap_or(HTTP_POLL_AFTER).max(HTTP_POLL_AFTER_MIN)
}
