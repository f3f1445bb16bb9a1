//! What is done to all instances that a query says.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::extract::Segments;
use super::json::response;
use super::params::Params;
use super::problem::Problem;
use crate::core::Filter;
use crate::engine::Engine;

pub(super) async fn purge(
    State(engine): State<Engine>,
    params: Params,
) -> Result<Response, Problem> {
    let filter = narrowed(params, "purge all instances that have ended")?;
    Ok(done("purged", engine.purge_all(filter).await?))
}

pub(super) async fn manage(
    State(engine): State<Engine>,
    Segments(verb): Segments<String>,
    mut params: Params,
) -> Result<Response, Problem> {
    let which = |params| narrowed(params, &format!("{verb} all instances that can be"));
    let mut reason = || params.take("reason").unwrap_or_default();
    Ok(match verb.as_str() {
        "cancel" => done("cancelled", engine.cancel_all(which(params)?).await?),
        "resume" => done("resumed", engine.resume_all(which(params)?).await?),
        "retry" => done("retried", engine.retry_all(which(params)?).await?),
        "terminate" => {
            let reason = reason();
            let count = engine.terminate_all(which(params)?, reason).await?;
            done("terminated", count)
        }
        "suspend" => {
            let reason = reason();
            let count = engine.suspend_all(which(params)?, reason).await?;
            done("suspended", count)
        }
        "rewind" => {
            let reason = reason();
            let count = engine.rewind_all(which(params)?, reason).await?;
            done("rewound", count)
        }
        _ => {
            let problem = Problem::unknown(format!("`{verb}` is nothing that is done to all"));
            return Err(
                problem.hint("it is one of cancel, terminate, suspend, resume, retry, rewind")
            );
        }
    })
}

/// Which instances: a query that does not say so is refused.
fn narrowed(mut params: Params, would: &str) -> Result<Filter, Problem> {
    if params.is_empty() {
        let problem = Problem::malformed(format!("this would {would}"));
        return Err(problem.hint("say which: `?status=completed`, `?prefix=order-`, ..."));
    }
    let filter = params.filter()?;
    params.end()?;
    Ok(filter)
}

/// To how many it was done.
fn done(what: &str, count: u64) -> Response {
    response(StatusCode::OK, &BTreeMap::from([(what, count)]))
}
