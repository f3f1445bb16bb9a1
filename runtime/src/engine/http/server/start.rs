//! Starting orchestrations by name.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use super::extract::{Segments, Sent};
use super::links::Base;
use super::params::Params;
use super::problem::Problem;
use crate::core::{Answer, Command, Program};
use crate::durable::EntryKind;
use crate::engine::{Engine, RegisteredKind};
use crate::error::Error;

/// What was started, and what can be done with it.
#[derive(Serialize)]
pub(super) struct Started<'a> {
    id: &'a str,
    /// Whether this request made it, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<bool>,
    links: BTreeMap<&'static str, String>,
}

impl<'a> Started<'a> {
    pub(super) fn respond(base: &Base, id: &'a str, created: Option<bool>) -> Response {
        let links = base.links(id);
        base.later(id, &Started { id, created, links })
    }
}

pub(super) async fn start(
    State(engine): State<Engine>,
    base: Base,
    Segments(name): Segments<String>,
    params: Params,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = uuid::Uuid::now_v7().to_string();
    begin(&engine, &base, name, id, params, sent).await
}

pub(super) async fn start_with_id(
    State(engine): State<Engine>,
    base: Base,
    Segments((name, id)): Segments<(String, String)>,
    params: Params,
    sent: Sent,
) -> Result<Response, Problem> {
    begin(&engine, &base, name, id, params, sent).await
}

async fn begin(
    engine: &Engine,
    base: &Base,
    name: String,
    id: String,
    mut params: Params,
    sent: Sent,
) -> Result<Response, Problem> {
    let tags = params.tags();
    let replace_ended = params.switch("replace_ended")?;
    params.end()?;
    Error::check_id(&id)?;
    let entry = engine.link.registry.orchestration(&name);
    let Some(entry) = entry else {
        return Err(unknown(engine, RegisteredKind::Orchestration, &name));
    };
    let EntryKind::Orchestration(orchestration) = &entry.kind else {
        return Err(unknown(engine, RegisteredKind::Orchestration, &name));
    };
    let args = (orchestration.from_json)(sent.arguments())?;
    Error::check_payload(entry.name, args.bytes.len())?;
    let replaces = match replace_ended {
        true => engine.ended(&id).await?,
        false => None,
    };
    let start = Command::Start {
        id: id.clone(),
        name: name.clone(),
        args,
        tags,
        replaces,
    };
    match engine.command(start).await? {
        Answer::Started { fresh, .. } => Ok(Started::respond(base, &id, Some(fresh))),
        answer => Err(Error::refused(&id, &name, answer).into()),
    }
}

/// There is nothing of this name; these are the names there are.
pub(super) fn unknown(engine: &Engine, kind: RegisteredKind, name: &str) -> Problem {
    let word = match kind {
        RegisteredKind::Activity => "activity",
        RegisteredKind::Orchestration => "orchestration",
        RegisteredKind::Entity => "entity",
        RegisteredKind::Rsm => "rsm",
    };
    let registered = engine.registered();
    let names: Vec<_> = registered
        .iter()
        .filter(|one| one.kind == kind)
        .map(|one| format!("`{}`", one.name))
        .collect();
    let problem = Problem::unknown(format!("this program has no {word} `{name}`"));
    problem.hint(match names.is_empty() {
        true => format!("it has no {word} at all: is the crate with them mentioned in it?"),
        false => format!("it has {}", names.join(", ")),
    })
}
