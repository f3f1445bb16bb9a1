//! Which function of the program a request is for, and how much it takes along.

use std::borrow::Cow;
use std::sync::Arc;

use super::asks::World;
use super::instance::unregistered;
use crate::durable::{Entry, Refusal, Request, Target};

/// What a request is for has to be in this program.
pub(super) fn registered(request: &Request, world: World<'_>) -> Result<(), Refusal> {
    match request {
        Request::Timer { .. } | Request::Event { .. } | Request::Ask { .. } => Ok(()),
        Request::Operate { name, .. } => entity(name, world),
        Request::Lock { entities, .. } => entities
            .iter()
            .try_for_each(|(_, name)| entity(name, world)),
        Request::Activity { target, .. } => known(target, "activity", world),
        Request::Child { target, .. } => known(target, "orchestration", world),
    }
}

/// The bytes of what it takes along.
pub(super) fn args_of(request: &Request) -> usize {
    match request {
        Request::Activity { args, .. }
        | Request::Child { args, .. }
        | Request::Operate { args, .. } => args.bytes.len(),
        Request::Timer { .. } => 0,
        Request::Lock { entities, .. } => entities.iter().map(|(id, _)| id.len()).sum(),
        Request::Event { name, .. } => name.len(),
        Request::Ask { value, .. } => value.bytes.len(),
    }
}

fn entity(name: &str, world: World<'_>) -> Result<(), Refusal> {
    match world.program.entity(name) {
        Some(_) => Ok(()),
        None => Err(unregistered("entity", name)),
    }
}

/// The function has to be in this program.
pub(super) fn known(target: &Target, kind: &str, world: World<'_>) -> Result<(), Refusal> {
    match entry(target, kind, world) {
        Some(_) => Ok(()),
        None => Err(unregistered(kind, target.name())),
    }
}

/// The function that is meant. Those of another kind may have the same name.
pub(super) fn entry(target: &Target, kind: &str, world: World<'_>) -> Option<Arc<Entry>> {
    match target {
        Target::Call { call, .. } => world.program.by_call(*call),
        Target::Named(name) if kind == "activity" => world.program.activity(name),
        Target::Named(name) => world.program.orchestration(name),
    }
}

/// The name it is stored by.
pub(super) fn name_of(entry: Option<&Entry>, target: Target) -> Cow<'static, str> {
    match (entry, target) {
        (Some(entry), _) => Cow::Borrowed(entry.name),
        (None, Target::Call { name, .. }) => Cow::Borrowed(name),
        (None, Target::Named(name)) => Cow::Owned(name),
    }
}
