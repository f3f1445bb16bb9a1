//! The management API: an engine's instances and entities over HTTP.

mod all;
mod entities;
mod extract;
mod instances;
mod json;
mod links;
mod manage;
mod params;
mod problem;
mod start;
mod view;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::durable::limits::PAYLOAD_BYTES_MAX;
use crate::engine::Engine;

use self::problem::Problem;

/// The management API of this engine, to be served by itself or
/// [nested](axum::Router::nest) under a path of your choice. What it answers is described
/// [above](super).
///
/// Who may call it is yours to say: put a layer around it. It keeps the engine open until it is
/// dropped, or until [`Engine::shutdown`], after which it answers 503.
///
/// ```standalone_crate
/// use axum::Router;
/// use undying::prelude::*;
///
/// #[orchestration]
/// async fn greet(name: String) -> String {
///     format!("hello {name}")
/// }
///
/// # #[tokio::main]
/// # async fn main() -> undying::Result<()> {
/// let engine = Engine::open_in_memory().await?;
/// let app: Router = Router::new().nest("/durable", undying::http::router(engine.clone()));
/// // axum::serve(tokio::net::TcpListener::bind("127.0.0.1:8080").await?, app).await?;
/// # drop(app);
/// engine.shutdown().await
/// # }
/// ```
pub fn router(engine: Engine) -> Router {
    Router::new()
        .route("/orchestrations/{name}", post(start::start))
        .route("/orchestrations/{name}/{id}", post(start::start_with_id))
        .route("/instances", get(instances::list).delete(all::purge))
        .route("/all/{verb}", post(all::manage))
        .route(
            "/instances/{id}",
            get(instances::status).delete(instances::purge),
        )
        .route("/instances/{id}/result", get(instances::result))
        .route("/instances/{id}/history", get(instances::history))
        .route("/instances/{id}/events/{event}", post(manage::raise))
        .route("/instances/{id}/cancel", post(manage::cancel))
        .route("/instances/{id}/terminate", post(manage::terminate))
        .route("/instances/{id}/suspend", post(manage::suspend))
        .route("/instances/{id}/resume", post(manage::resume))
        .route("/instances/{id}/retry", post(manage::retry))
        .route("/instances/{id}/rewind", post(manage::rewind))
        .route("/instances/{id}/restart", post(manage::restart))
        .route("/counts", get(instances::counts))
        .route("/entities/{name}", get(entities::list))
        .route("/entities/{name}/{key}", get(entities::state))
        .route(
            "/entities/{name}/{key}/{operation}",
            post(entities::operate),
        )
        .route("/health", get(instances::health))
        .method_not_allowed_fallback(async || Problem::method())
        .layer(DefaultBodyLimit::max(PAYLOAD_BYTES_MAX))
        .with_state(engine)
}
