//! Requests from orchestrations: retries, polls that outlive a crash, limits; against a server on
//! 127.0.0.1.
#![expect(
    clippy::unwrap_used,
    reason = "a test that is not answered as it wants fails"
)]

mod common;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request as Asked, State as Server};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response as Given};
use common::{Door, Place, until};
use tokio::net::TcpListener;
use undying::Retry;
use undying::http::{HttpError, Request, Response, send};
use undying::prelude::*;

#[orchestration]
async fn asks(request: Request) -> Result<Response, HttpError> {
    send(request).await
}

/// What the server was asked, and how it answers.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<Seen>>>);

#[derive(Clone, Debug, PartialEq)]
struct Seen {
    what: String,
    key: String,
    who: String,
    body: String,
}

impl Log {
    fn all(&self) -> Vec<Seen> {
        self.0.lock().unwrap().clone()
    }

    fn count(&self, what: &str) -> usize {
        self.all().iter().filter(|seen| seen.what == what).count()
    }

    /// How often this was asked, the present time included.
    async fn note(&self, asked: Asked) -> (String, usize) {
        let (parts, body) = asked.into_parts();
        let header = |name| {
            let value = parts.headers.get(name);
            value.map_or(String::new(), |value| value.to_str().unwrap().to_owned())
        };
        let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        let seen = Seen {
            what: format!("{} {}", parts.method, parts.uri.path()),
            key: header("idempotency-key"),
            who: header("authorization"),
            body: String::from_utf8(body.to_vec()).unwrap(),
        };
        let what = seen.what.clone();
        self.0.lock().unwrap().push(seen);
        let count = self.count(&what);
        (what, count)
    }
}

async fn answers(Server(log): Server<Log>, asked: Asked) -> Given {
    let (what, times) = log.note(asked).await;
    let accepted = |at: &str| {
        let headers = [("location", at.to_owned()), ("retry-after", "0".to_owned())];
        (StatusCode::ACCEPTED, headers).into_response()
    };
    match what.as_str() {
        "POST /now" => ([("x-said", "hello")], "done").into_response(),
        "POST /jobs" => accepted("/jobs/1?of=ann"),
        // The job is done when the test says so, by asking for it.
        "GET /jobs/1" => match log.count("PUT /jobs/1") {
            0 => accepted("1"),
            _ => "the report".into_response(),
        },
        "POST /away" => accepted(&format!("http://localhost:{}/jobs/2", port(&log))),
        "GET /jobs/2" => "elsewhere".into_response(),
        "GET /shaky" if times < 3 => (StatusCode::BAD_GATEWAY, "not yet").into_response(),
        "GET /shaky" => "at last".into_response(),
        "GET /broken" => (StatusCode::INTERNAL_SERVER_ERROR, "broken").into_response(),
        "GET /moved" => Redirect::temporary("/shaky").into_response(),
        "GET /round" => Redirect::temporary("/round").into_response(),
        "GET /large" => vec![b'x'; 5_000].into_response(),
        "GET /endless" => std::future::pending().await,
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The port that the server wrote down at its start.
fn port(log: &Log) -> String {
    log.all()[0].body.clone()
}

/// A server, where it is, and what it was asked.
async fn server() -> (String, Log) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let log = Log::default();
    log.0.lock().unwrap().push(Seen {
        what: "start".into(),
        key: String::new(),
        who: String::new(),
        body: address.port().to_string(),
    });
    let app = Router::new().fallback(answers).with_state(log.clone());
    tokio::spawn(async { axum::serve(listener, app).await });
    (format!("http://{address}"), log)
}

/// Asks in an orchestration of a fresh engine.
async fn ask(request: Request) -> Result<Response, HttpError> {
    let engine = Place::memory().open(&Door::open()).await;
    let handle = engine.start("one", asks(request)).await.unwrap();
    handle.result().await.unwrap()
}

fn quickly(attempts: u32) -> Retry {
    Retry::attempts(attempts).first(millis(1))
}

#[tokio::test]
async fn an_answer_is_given_with_its_headers_and_body_and_the_key_went_out() {
    let (at, log) = server().await;
    let request = Request::post(format!("{at}/now")).header("authorization", "ann");
    let response = ask(request.json(&[1, 2]).unwrap()).await.unwrap();
    assert_eq!((response.status(), response.text().as_str()), (200, "done"));
    assert_eq!(response.header("X-Said"), Some("hello"));
    let seen = &log.all()[1];
    assert_eq!(
        (seen.what.as_str(), seen.body.as_str()),
        ("POST /now", "[1,2]")
    );
    assert!(!seen.key.is_empty() && seen.who == "ann", "{seen:?}");
}

#[tokio::test]
async fn a_job_is_polled_across_a_crash_and_started_once() {
    for place in Place::each() {
        let (at, log) = server().await;
        let engine = place.open(&Door::open()).await;
        let request = Request::post(format!("{at}/jobs")).header("authorization", "ann");
        engine
            .start("one", asks(request.with_body("now")))
            .await
            .unwrap();
        until(async || log.count("GET /jobs/1") >= 2).await;
        drop(engine); // as if it had been killed
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        client.put(format!("{at}/jobs/1")).send().await.unwrap();

        let engine = place.open(&Door::open()).await;
        let handle = engine.get::<AsksCall>("one").await.unwrap();
        let response = handle.result().await.unwrap().unwrap();
        assert_eq!(response.text(), "the report");
        assert_eq!(log.count("POST /jobs"), 1);
        let polls = log
            .all()
            .into_iter()
            .filter(|seen| seen.what == "GET /jobs/1");
        for poll in polls {
            assert_eq!((poll.body.as_str(), poll.who.as_str()), ("", "ann"));
        }
    }
}

#[tokio::test]
async fn another_host_is_not_told_who_asks() {
    let (at, log) = server().await;
    let request = Request::post(format!("{at}/away")).header("Authorization", "ann");
    assert_eq!(ask(request).await.unwrap().text(), "elsewhere");
    let poll = log.all().pop().unwrap();
    assert_eq!((poll.what.as_str(), poll.who.as_str()), ("GET /jobs/2", ""));
}

#[tokio::test]
async fn without_polling_a_202_is_the_response() {
    let (at, log) = server().await;
    let response = ask(Request::post(format!("{at}/jobs")).without_polling())
        .await
        .unwrap();
    assert_eq!((response.status(), log.all().len()), (202, 2));
}

#[tokio::test]
async fn a_500_is_asked_again_with_the_same_key_and_the_last_one_is_the_response() {
    let (at, log) = server().await;
    let response = ask(Request::get(format!("{at}/shaky")).retry(quickly(5)))
        .await
        .unwrap();
    assert_eq!(
        (response.status(), response.text().as_str()),
        (200, "at last")
    );
    let keys: Vec<_> = log.all().into_iter().skip(1).map(|seen| seen.key).collect();
    assert_eq!(keys.len(), 3);
    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");

    let response = ask(Request::get(format!("{at}/broken")).retry(quickly(2)))
        .await
        .unwrap();
    assert_eq!(
        (response.status(), response.text().as_str()),
        (500, "broken")
    );
    assert_eq!(log.count("GET /broken"), 2);
    let response = ask(Request::get(format!("{at}/nothing"))).await.unwrap();
    assert_eq!((response.status(), log.count("GET /nothing")), (404, 1));
}

#[tokio::test]
async fn redirects_are_followed_up_to_ten() {
    let (at, log) = server().await;
    let response = ask(Request::get(format!("{at}/moved")).retry(quickly(9)))
        .await
        .unwrap();
    assert_eq!(response.url(), format!("{at}/shaky"));
    let error = ask(Request::get(format!("{at}/round"))).await.unwrap_err();
    assert_eq!(
        error,
        HttpError::TooManyRedirects {
            url: format!("{at}/round")
        }
    );
    assert_eq!(log.count("GET /round"), 11);
}

#[tokio::test]
async fn nobody_there_is_an_error_after_the_last_attempt() {
    // A port that was free a moment ago.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let error = ask(Request::get(&url).retry(quickly(3))).await.unwrap_err();
    let HttpError::Unreachable { url: at, why } = &error else {
        panic!("{error}");
    };
    assert!(
        *at == url && why.to_lowercase().contains("connection refused"),
        "{error}"
    );
}

#[tokio::test]
async fn too_large_a_response_is_a_typed_error() {
    let (at, log) = server().await;
    let url = format!("{at}/large");
    let error = ask(Request::get(&url).response_max(4_999))
        .await
        .unwrap_err();
    assert_eq!(
        error,
        HttpError::ResponseTooLarge {
            url: url.clone(),
            max: 4_999
        }
    );
    assert_eq!(log.count("GET /large"), 1);
    let response = ask(Request::get(&url).response_max(5_000)).await.unwrap();
    assert_eq!(response.body().len(), 5_000);
}

#[tokio::test]
async fn an_attempt_and_the_whole_have_a_time() {
    let (at, log) = server().await;
    let endless = Request::get(format!("{at}/endless"));
    let each = endless
        .clone()
        .attempt_timeout(millis(20))
        .retry(quickly(2));
    let error = ask(each).await.unwrap_err();
    assert!(
        matches!(error, HttpError::Failed(undying::Failure::TimedOut { .. })),
        "{error}"
    );
    assert_eq!(log.count("GET /endless"), 2);
    let error = ask(endless.timeout(millis(20))).await.unwrap_err();
    assert_eq!(
        error,
        HttpError::TimedOut {
            after: Duration::from_millis(20)
        }
    );
}

#[tokio::test]
async fn what_cannot_be_sent_is_malformed_and_not_tried_again() {
    let table = [
        (
            Request::new("GET IT", "http://127.0.0.1/"),
            "`GET IT` is no method",
        ),
        (Request::get("shop"), "`shop`: relative URL without a base"),
        (
            Request::get("https://127.0.0.1/"),
            "`https://127.0.0.1/` needs TLS, which this program does not speak",
        ),
        (Request::get("ftp://127.0.0.1/"), "builder error"),
        (
            Request::get("http://127.0.0.1/").header("a b", "c"),
            "builder error",
        ),
    ];
    for (request, wanted) in table {
        let error = ask(request).await.unwrap_err();
        let HttpError::Malformed { why } = &error else {
            panic!("{error}");
        };
        assert!(why.starts_with(wanted), "{why}");
    }
}
