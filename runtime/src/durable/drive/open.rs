//! The operations an instance has asked for and that have not completed.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::Driver;
use crate::durable::{Request, Timestamp};
use crate::schema::Stored;

/// Requests by operation number, which is the order they were made in.
#[derive(Debug, Default)]
pub(super) struct Open(BTreeMap<u64, Request>);

impl Open {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn add(&mut self, request: Request) {
        self.0.insert(request.operation(), request);
    }

    pub(super) fn cancel(&mut self, operation: u64) {
        self.0.remove(&operation);
    }

    /// Takes what completes before the next turn: with `picks` one operation, else all but the
    /// timers, and the timers that are due first only when there is nothing else. An event completes
    /// if one of its name is `to_come`, a lock if nothing of it is `locked`.
    pub(super) fn take(
        &mut self,
        picks: Option<&mut u64>,
        to_come: &VecDeque<(String, Stored)>,
        locked: &BTreeSet<String>,
    ) -> Vec<Request> {
        let first = self.0.values().filter_map(due).min();
        let comes = |request: &Request| match request {
            Request::Event { name, .. } => to_come.iter().any(|(other, _)| name == other),
            Request::Lock { entities, .. } => !entities.iter().any(|(id, _)| locked.contains(id)),
            _ => true,
        };
        let ready =
            |request: &Request| comes(request) && due(request).is_none_or(|due| Some(due) == first);
        let chosen: Vec<u64> = match picks {
            Some(state) => {
                let ready: Vec<u64> = self.operations(ready);
                match ready.len() {
                    0 => ready,
                    count => vec![ready[Driver::pick(state, count)]],
                }
            }
            None => {
                let now = self.operations(|request| comes(request) && due(request).is_none());
                if now.is_empty() {
                    self.operations(ready)
                } else {
                    now
                }
            }
        };
        chosen
            .iter()
            .filter_map(|operation| self.0.remove(operation))
            .collect()
    }

    fn operations(&self, which: impl Fn(&Request) -> bool) -> Vec<u64> {
        let chosen = self.0.iter().filter(|(_, request)| which(request));
        chosen.map(|(operation, _)| *operation).collect()
    }
}

fn due(request: &Request) -> Option<Timestamp> {
    match request {
        Request::Timer { due, .. } => Some(*due),
        Request::Activity { .. }
        | Request::Child { .. }
        | Request::Event { .. }
        | Request::Lock { .. }
        | Request::Ask { .. }
        | Request::Operate { .. } => None,
    }
}
