//! Looking at instances, waiting for them, and purging them.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tokio::time::timeout;

use super::extract::Segments;
use super::json::{Shown, response};
use super::links::Base;
use super::params::Params;
use super::problem::Problem;
use super::view::{Listed, Whole};
use crate::core::{Answer, Command, Ending, HistoryEntry, Number, Status};
use crate::engine::Engine;
use crate::error::Error;

/// How long to wait for the result of an instance that has ended: it may have begun again since.
const AT_ONCE: Duration = Duration::from_secs(1);

pub(super) async fn status(
    State(engine): State<Engine>,
    base: Base,
    Segments(id): Segments<String>,
    params: Params,
) -> Result<Response, Problem> {
    params.end()?;
    let of = engine.describe(&id).await?;
    let status = of.status;
    let whole = Whole::from(of);
    Ok(match status {
        Status::Completed => response(StatusCode::OK, &whole),
        Status::Running | Status::Suspended => base.later(&id, &whole),
        Status::Failed | Status::Cancelled | Status::Terminated | Status::Parked => {
            response(StatusCode::INTERNAL_SERVER_ERROR, &whole)
        }
    })
}

/// How the instance ended, if it does so in time.
async fn ending(engine: &Engine, id: &str, wait: Duration) -> Result<Option<Ending>, Problem> {
    let result = engine.command(Command::Result { id: id.to_owned() });
    match timeout(wait, result).await {
        Err(_) => Ok(None),
        Ok(answer) => match answer? {
            Answer::Ended(ending) => Ok(Some(ending)),
            Answer::Parked(reason) => Err(Error::parked(id, reason).into()),
            answer => Err(Error::refused(id, "", answer).into()),
        },
    }
}

pub(super) async fn result(
    State(engine): State<Engine>,
    base: Base,
    Segments(id): Segments<String>,
    mut params: Params,
) -> Result<Response, Problem> {
    let wait = params.wait()?;
    params.end()?;
    let wait = match wait {
        Some(wait) => Some(wait),
        None => {
            let status = engine.describe(&id).await?.status;
            (status.has_ended() || status == Status::Parked).then_some(AT_ONCE)
        }
    };
    let ending = match wait {
        Some(wait) => ending(&engine, &id, wait).await?,
        None => None,
    };
    let without = |word, why: String| {
        let message = format!("instance `{id}` {why}");
        Err(Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            word,
            message,
        ))
    };
    match ending {
        Some(Ending::Error(value)) => {
            let message = format!("instance `{id}` returned an error");
            Err(Problem::failed(message, Shown::of(&value)))
        }
        Some(Ending::Completed(value)) => match value.describe() {
            Ok(_) => Ok(response(StatusCode::OK, &Shown::of(&value))),
            Err(source) => Err(Error::BadResult { id, source }.into()),
        },
        Some(Ending::Failed(failure)) => Err(Error::Failed { id, failure }.into()),
        Some(Ending::Cancelled) => without("cancelled", "was cancelled".to_owned()),
        Some(Ending::Terminated { reason }) => {
            without("terminated", format!("was terminated: {reason}"))
        }
        None => {
            let of = engine.describe(&id).await?;
            Ok(base.later(&id, &Listed::from(of)))
        }
    }
}

#[derive(Serialize)]
struct Page {
    instances: Vec<Listed>,
    /// The `cursor` of the next page.
    next: Option<String>,
}

pub(super) async fn list(
    State(engine): State<Engine>,
    mut params: Params,
) -> Result<Response, Problem> {
    let filter = params.filter()?;
    params.end()?;
    let page = engine.list(filter).await?;
    let instances = page.instances.into_iter().map(Listed::from).collect();
    let next = page
        .next
        .map(|cursor| cursor.0)
        .as_ref()
        .map(Number::to_string);
    Ok(response(StatusCode::OK, &Page { instances, next }))
}

pub(super) async fn counts(
    State(engine): State<Engine>,
    mut params: Params,
) -> Result<Response, Problem> {
    let filter = params.filter()?;
    params.end()?;
    let counts = engine.count(filter).await?;
    let named = |(status, count): (Status, u64)| (status.to_string(), count);
    let counts: BTreeMap<_, _> = counts.into_iter().map(named).collect();
    Ok(response(StatusCode::OK, &counts))
}

#[derive(Serialize)]
struct Told {
    entries: Vec<Entry>,
    /// How many there were before them.
    dropped: u64,
}

#[derive(Serialize)]
struct Entry {
    number: u64,
    at: String,
    what: String,
}

pub(super) async fn history(
    State(engine): State<Engine>,
    Segments(id): Segments<String>,
    params: Params,
) -> Result<Response, Problem> {
    params.end()?;
    let history = engine.history(&id).await?;
    let entry = |one: HistoryEntry| Entry {
        number: one.number,
        at: one.at.to_string(),
        what: one.what.to_string(),
    };
    let told = Told {
        entries: history.entries.into_iter().map(entry).collect(),
        dropped: history.dropped,
    };
    Ok(response(StatusCode::OK, &told))
}

pub(super) async fn purge(
    State(engine): State<Engine>,
    Segments(id): Segments<String>,
    params: Params,
) -> Result<Response, Problem> {
    params.end()?;
    match engine.purge(&id).await? {
        true => Ok(response(StatusCode::OK, &BTreeMap::from([("purged", 1)]))),
        false => Err(Error::NotFound { id }.into()),
    }
}

#[derive(Serialize)]
struct Health {
    resident: usize,
    work: usize,
    busy: bool,
    restarts: u64,
    stopped: Option<String>,
}

pub(super) async fn health(State(engine): State<Engine>) -> Response {
    let health = engine.health();
    let code = match &health.stopped {
        None => StatusCode::OK,
        Some(_) => StatusCode::SERVICE_UNAVAILABLE,
    };
    let health = Health {
        resident: health.resident,
        work: health.work,
        busy: health.busy,
        restarts: health.restarts,
        stopped: health.stopped.map(|why| why.to_string()),
    };
    response(code, &health).into_response()
}
