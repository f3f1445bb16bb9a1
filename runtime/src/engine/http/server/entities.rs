//! Entities: their state, which there are, calls and signals.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::sync::Arc;

use super::extract::{Key, Segments, Sent};
use super::json::{Shown, response};
use super::params::{Params, entity_cursor};
use super::problem::Problem;
use super::start::unknown;
use crate::core::{Answer, Command, Program};
use crate::durable::{Completion, EntityEntry, Entry, EntryKind, entity_id};
use crate::engine::{self, Engine, RegisteredKind};
use crate::error::Error;
use crate::schema::Stored;

/// The entity of this name, which the program must have.
fn entity(engine: &Engine, name: &str) -> Result<Arc<Entry>, Problem> {
    let entry = engine.link.registry.entity(name);
    entry.ok_or_else(|| unknown(engine, RegisteredKind::Entity, name))
}

fn parts(entry: &Entry) -> Option<&EntityEntry> {
    match &entry.kind {
        EntryKind::Entity(entity) => Some(entity),
        _ => None,
    }
}

/// The id of the entity of this key, which must be one of its type.
fn id_of(entry: &Entry, key: &str) -> Result<String, Problem> {
    let read = parts(entry).map(|entity| (entity.key)(key));
    match read {
        Some(Ok(key)) => Ok(entity_id(entry.name, &key)),
        Some(Err(why)) => Err(Problem::malformed(format!("the key `{key}`: {why}"))),
        None => Err(Problem::unknown("it is no entity")),
    }
}

pub(super) async fn state(
    State(engine): State<Engine>,
    Segments((name, key)): Segments<(String, String)>,
    params: Params,
) -> Result<Response, Problem> {
    params.end()?;
    let entry = entity(&engine, &name)?;
    let id = id_of(&entry, &key)?;
    let entity = id.clone();
    match engine.command(Command::State { entity }).await? {
        Answer::State(Some(state)) => shown(id, &state),
        Answer::State(None) => Err(Problem::unknown(format!(
            "`{id}` has never been used, or was deleted"
        ))),
        answer => Err(Error::refused(&id, &name, answer).into()),
    }
}

fn shown(id: String, value: &Stored) -> Result<Response, Problem> {
    match value.describe() {
        Ok(_) => Ok(response(StatusCode::OK, &Shown::of(value))),
        Err(source) => Err(Error::BadResult { id, source }.into()),
    }
}

pub(super) async fn operate(
    State(engine): State<Engine>,
    Segments((name, of, operation)): Segments<(String, String, String)>,
    mut params: Params,
    Key(key): Key,
    sent: Sent,
) -> Result<Response, Problem> {
    let signal = params.switch("signal")?;
    params.end()?;
    let entry = entity(&engine, &name)?;
    let id = id_of(&entry, &of)?;
    let methods = parts(&entry).map_or(&[][..], |entity| entity.methods);
    let Some(method) = methods.iter().find(|method| method.name == operation) else {
        let names: Vec<_> = methods
            .iter()
            .map(|method| format!("`{}`", method.name))
            .collect();
        let problem = Problem::unknown(format!("`{name}` has no operation `{operation}`"));
        return Err(problem.hint(format!("it has {}", names.join(", "))));
    };
    let args = (method.from_json)(sent.arguments())?;
    Error::check_payload(method.name, args.bytes.len())?;
    let command = Command::Operate {
        entity: id.clone(),
        name: name.into(),
        method: operation.into(),
        args,
        due: None,
        waits: !signal,
        key,
    };
    match engine.command(command).await? {
        Answer::Done => Ok(StatusCode::ACCEPTED.into_response()),
        Answer::Operated(Completion::Value(value)) => shown(id, &value),
        Answer::Operated(Completion::Failed(failure)) => Err(Error::Failed { id, failure }.into()),
        answer => Err(Error::refused(&id, "", answer).into()),
    }
}

#[derive(Serialize)]
struct Page {
    entities: Vec<Listed>,
    /// The `cursor` of the next page.
    next: Option<String>,
}

#[derive(Serialize)]
struct Listed {
    key: String,
    created: String,
    updated: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<Shown>,
}

impl From<engine::Listed<Stored>> for Listed {
    fn from(found: engine::Listed<Stored>) -> Self {
        Listed {
            key: found.key,
            created: found.created.to_string(),
            updated: found.updated.to_string(),
            state: found.state.as_ref().map(Shown::of),
        }
    }
}

pub(super) async fn list(
    State(engine): State<Engine>,
    Segments(name): Segments<String>,
    mut params: Params,
) -> Result<Response, Problem> {
    let filter = params.entities()?;
    params.end()?;
    entity(&engine, &name)?;
    let page = engine.entities_named(name, filter).await?;
    let entities = page.entities.into_iter().map(Listed::from).collect();
    let next = page.next.map(entity_cursor);
    Ok(response(StatusCode::OK, &Page { entities, next }))
}
