//! How an instance is shown.

use serde::Serialize;

use super::json::Shown;
use crate::core::{Description, Tags};
use crate::durable::{Failure, Timestamp};

/// An instance, as far as a list shows it.
#[derive(Serialize)]
pub(super) struct Listed {
    id: String,
    orchestration: String,
    /// The version of the engine that started it.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_status: Option<String>,
    /// Why it is suspended or was terminated.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Why it is parked.
    #[serde(skip_serializing_if = "Option::is_none")]
    parked: Option<String>,
    tags: Tags,
    /// None if its row cannot be read.
    created: Option<String>,
    updated: Option<String>,
    /// How often it began again.
    continued: u64,
    /// How often it was rewound.
    rewound: u64,
}

/// All that is known of one instance.
#[derive(Serialize)]
pub(super) struct Whole {
    #[serde(flatten)]
    listed: Listed,
    /// The resume point it waits at.
    #[serde(skip_serializing_if = "Option::is_none")]
    point: Option<String>,
    calls_pending: usize,
    events_waiting: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    arguments: Option<Shown>,
    /// What it returned.
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Shown>,
    /// Why it returned nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
    /// The state of an entity.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<Shown>,
}

impl From<Description> for Listed {
    fn from(of: Description) -> Self {
        let known = |at: Timestamp| (at != Timestamp::default()).then(|| at.to_string());
        Listed {
            created: known(of.created),
            updated: known(of.updated),
            id: of.id,
            orchestration: of.orchestration,
            version: of.version,
            status: of.status.to_string(),
            custom_status: of.custom_status,
            reason: of.reason,
            parked: of.parked.map(|why| why.to_string()),
            tags: of.tags,
            continued: of.continued,
            rewound: of.rewound,
        }
    }
}

impl From<Description> for Whole {
    fn from(of: Description) -> Self {
        Whole {
            point: of.point.clone(),
            calls_pending: of.calls_pending,
            events_waiting: of.events_waiting,
            arguments: of.arguments.as_ref().map(Shown::of),
            result: of.result.as_ref().map(Shown::of),
            failure: of.failure.as_ref().map(Failure::to_string),
            state: of.state.as_ref().map(Shown::of),
            listed: of.into(),
        }
    }
}
