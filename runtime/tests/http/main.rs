//! The management API: what it answers to whom, over an engine in memory.
#![expect(
    clippy::unwrap_used,
    reason = "a test that is not answered as it wants fails"
)]

#[path = "../common/mod.rs"]
mod common;
mod entities;
mod events;
mod instances;
mod manage;
mod refused;
mod values;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt;
use undying::Engine;

/// An engine and its API, nested under `/durable`.
struct Api {
    engine: Engine,
    router: Router,
    /// Whether activities that need it succeed.
    open: Arc<AtomicBool>,
}

/// What was answered.
#[derive(Debug)]
struct Answer {
    code: StatusCode,
    headers: HeaderMap,
    /// `null` if there is no body.
    body: Value,
}

impl Api {
    async fn new() -> Api {
        let open = Arc::new(AtomicBool::new(false));
        let engine = Engine::builder().state(open.clone()).version("1.2");
        let engine = engine.open_in_memory();
        let engine = engine.await.unwrap();
        let api = undying::http::router(engine.clone());
        let router = Router::new().nest("/durable", api);
        Api {
            engine,
            router,
            open,
        }
    }

    async fn send(&self, method: Method, path: &str, body: Body) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(format!("/durable{path}"))
            .body(body)
            .unwrap();
        self.answer(request).await
    }

    async fn answer(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let body = match bytes.is_empty() {
            true => Value::Null,
            false => serde_json::from_slice(&bytes).unwrap(),
        };
        Answer {
            code: parts.status,
            headers: parts.headers,
            body,
        }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, Body::empty()).await
    }

    async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, Body::empty()).await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Body::from(body.to_string()))
            .await
    }

    /// Posts with an idempotency key.
    async fn post_once(&self, path: &str, key: &str, body: Value) -> Answer {
        let request = Request::post(format!("/durable{path}")).header("idempotency-key", key);
        let request = request.body(Body::from(body.to_string())).unwrap();
        self.answer(request).await
    }

    /// Posts nothing.
    async fn ask(&self, path: &str) -> Answer {
        self.send(Method::POST, path, Body::empty()).await
    }
}

impl Answer {
    /// The body, if the code is this.
    #[track_caller]
    fn with(self, code: u16) -> Value {
        assert_eq!(self.code, code, "{}", self.body);
        self.body
    }

    /// The error's word and its message, if the code is this.
    #[track_caller]
    fn refused(self, code: u16) -> (String, String) {
        let body = self.with(code);
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        (text("error"), text("message"))
    }

    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

/// Waits until the instance is parked, and shows it.
async fn until_parked(api: &Api, id: &str) -> Value {
    let result = api.get(&format!("/instances/{id}/result?wait=60s")).await;
    assert_eq!(result.refused(500).0, "parked");
    api.get(&format!("/instances/{id}")).await.with(500)
}
