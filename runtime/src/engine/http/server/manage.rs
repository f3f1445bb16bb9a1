//! What is done to one instance: events, and the verbs of operators.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::extract::{Key, Segments, Sent};
use super::links::Base;
use super::params::Params;
use super::problem::Problem;
use super::start::Started;
use crate::core::{Answer, Command};
use crate::engine::Engine;
use crate::error::Error;
use crate::schema::Json;

/// The value is stored as JSON: what type it has, `event::<T>(..)` says.
pub(super) async fn raise(
    State(engine): State<Engine>,
    Segments((id, event)): Segments<(String, String)>,
    mut params: Params,
    Key(key): Key,
    sent: Sent,
) -> Result<StatusCode, Problem> {
    let early = params.switch("early")?;
    params.end()?;
    let value = sent.0.unwrap_or(Json::Null);
    let mut raise = engine.raise(&id, &event, &value);
    if early {
        raise = raise.early();
    }
    match key {
        Some(key) => raise.idempotency_key(key).await?,
        None => raise.await?,
    }
    Ok(StatusCode::ACCEPTED)
}

pub(super) async fn cancel(
    State(engine): State<Engine>,
    Segments(id): Segments<String>,
    params: Params,
) -> Result<StatusCode, Problem> {
    params.end()?;
    match engine.command(Command::Cancel { id: id.clone() }).await? {
        Answer::Done => Ok(StatusCode::NO_CONTENT),
        answer => Err(Error::refused(&id, "", answer).into()),
    }
}

pub(super) async fn terminate(
    State(engine): State<Engine>,
    Segments(id): Segments<String>,
    params: Params,
) -> Result<StatusCode, Problem> {
    let reason = reason(params)?;
    engine.terminate(&id, reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn suspend(
    State(engine): State<Engine>,
    Segments(id): Segments<String>,
    params: Params,
) -> Result<StatusCode, Problem> {
    let reason = reason(params)?;
    engine.suspend(&id, reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn reason(mut params: Params) -> Result<String, Problem> {
    let reason = params.take("reason").unwrap_or_default();
    params.end()?;
    Ok(reason)
}

pub(super) async fn resume(
    State(engine): State<Engine>,
    Segments(id): Segments<String>,
    params: Params,
) -> Result<StatusCode, Problem> {
    params.end()?;
    engine.resume(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn retry(
    State(engine): State<Engine>,
    Segments(id): Segments<String>,
    params: Params,
) -> Result<StatusCode, Problem> {
    params.end()?;
    engine.retry(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn rewind(
    State(engine): State<Engine>,
    base: Base,
    Segments(id): Segments<String>,
    params: Params,
) -> Result<Response, Problem> {
    let reason = reason(params)?;
    engine.rewind(&id, reason).await?;
    Ok(Started::respond(&base, &id, None))
}

pub(super) async fn restart(
    State(engine): State<Engine>,
    base: Base,
    Segments(id): Segments<String>,
    mut params: Params,
) -> Result<Response, Problem> {
    let new_id = params.take("as");
    params.end()?;
    match new_id {
        None => {
            engine.restart(&id).await?;
            Ok(Started::respond(&base, &id, Some(true)))
        }
        Some(new_id) => {
            engine.restart_as(&id, new_id.as_str()).await?;
            Ok(Started::respond(&base, &new_id, None))
        }
    }
}
